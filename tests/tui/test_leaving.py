"""How the app ends in a real terminal: by a key, by a signal, with the window, and by Ctrl+Z for a while."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from rego_tui.leaving import farewell
from tests.cli.pseudo_terminal import Terminal
from tests.tui import boards
from tests.tui.desk import at_desk

CLEAN = ("\x1b[?1049l", "\x1b[?25h", "\x1b[?1003l")
"""The other screen left, the cursor shown, the mouse let go of."""


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setenv("TERM", "xterm-256color")
    running = Terminal(module="tests.tui.lone_desk")
    running.read_until_it_says("live")
    yield running
    running.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_clean_and_tells_the_shell(terminal: Terminal, number: int) -> None:
    terminal.signal(number)
    assert terminal.end() == 128 + number
    assert all(terminal.text.rindex(off) > terminal.text.rindex("live") for off in CLEAN)


def test_a_window_that_is_closed_ends_the_program(terminal: Terminal) -> None:
    assert terminal.hang_up() == 128 + signal.SIGHUP


def test_a_terminal_that_is_gone_ends_the_program_though_no_signal_comes() -> None:
    terminal = Terminal("borrowed", module="tests.tui.lone_desk")
    terminal.read_until_it_says("live")
    assert terminal.hang_up() == 128 + signal.SIGHUP


def test_ctrl_c_says_how_to_quit_and_ctrl_q_quits(terminal: Terminal) -> None:
    terminal.type("\x03", enter=False)
    terminal.read_until_it_says("q quits from the board")
    terminal.type("\x11", enter=False)
    assert terminal.end() == 0
    assert all(off in terminal.text for off in CLEAN)


def test_ctrl_z_gives_the_terminal_back_until_the_program_goes_on(terminal: Terminal) -> None:
    terminal.type("\x1a", enter=False)
    assert terminal.is_stopped()
    terminal.read_until_it_says(CLEAN[0])
    terminal.signal(signal.SIGCONT)
    terminal.read_until(
        lambda text: text.rfind("\x1b[?1049h") > text.rfind(CLEAN[0]) and "live" in text[text.rfind(CLEAN[0]) :]
    )
    terminal.type("q", enter=False)
    assert terminal.end() == 0


async def test_ctrl_q_asks_too_when_changes_wait() -> None:
    async with at_desk(boards.small()) as desk:
        desk.peer.hold()
        await desk.press("x", "ctrl+q")
        assert desk.app.is_running
        await desk.until("the warning stands", lambda: "1 change is not sent yet" in desk.notices())
        await desk.press("ctrl+q")
        assert not desk.app.is_running


def test_what_was_lost_is_said_to_the_shell() -> None:
    assert farewell(0) == ""
    assert farewell(1) == "1 change was not sent when the program was stopped."
    assert farewell(3).startswith("3 changes were not sent")
