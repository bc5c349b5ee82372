"""When the app is at rest: not while anything runs, waits in a thread or is timed for the next frame, however slow it is."""

from __future__ import annotations

import asyncio
import threading

import pytest

from rego_tui.reports import FRAME
from tests.tui.rest import at_rest


async def test_what_one_thing_leads_to_after_the_other_is_waited_for() -> None:
    loop, done, slow = asyncio.get_running_loop(), [], threading.Event()

    def in_thread() -> None:
        slow.wait(10)
        done.append("in a thread")

    async def work() -> None:
        await asyncio.to_thread(in_thread)
        loop.call_later(FRAME, done.append, "in the next frame")

    task = asyncio.create_task(work())
    loop.call_later(0.1, slow.set)
    await at_rest()
    assert done == ["in a thread", "in the next frame"]
    assert task.done()


async def test_what_is_timed_for_later_is_not() -> None:
    much_later = asyncio.get_running_loop().call_later(3_600, int)
    await at_rest()
    much_later.cancel()


async def test_what_never_rests_is_an_error_and_no_pause() -> None:
    loop, rests = asyncio.get_running_loop(), False

    def go_on() -> None:
        if not rests:
            loop.call_soon(go_on)

    go_on()
    with pytest.raises(AssertionError, match="never came to rest"):
        await at_rest(max_sleep=0.1)
    rests = True
