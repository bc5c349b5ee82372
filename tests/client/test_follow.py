"""The client's end of the live protocol, frame by frame, without a socket."""

from __future__ import annotations

from typing import Any

import pytest

from rego.client.follow import Follower, OutOfStep
from rego.client.updates import EventCame, Online, PresenceCame, SnapshotCame
from rego.wire.event_data import RawEvent
from rego.wire.events import Unknown
from rego.wire.frames import EventFrame, Goaway, Ping, PresenceFrame, Resume, SnapshotFrame
from rego.wire.presence import Person
from tests.client.frames import a_hello, an_event_frame
from tests.unit.samples import LATER, a_snapshot

SNAPSHOT = SnapshotFrame(snapshot=a_snapshot())


def following(position: tuple[str, int] | None = ("e", 10), **hello: Any) -> Follower:
    """A follower that was greeted with a replay from `position`."""
    follower = Follower("b", position)
    follower.begin()
    follower.receive(a_hello(**hello))
    return follower


def ada(connection_id: str, **fields: Any) -> Person:
    return Person(connection_id=connection_id, user_id="ada", username="ada", **fields)


def test_hello_brings_everybody_who_is_there() -> None:
    follower = Follower("b", None)
    hello = a_hello(resume=Resume.SNAPSHOT, people=[ada("c1")])
    assert follower.receive(hello) == [Online(hello=hello), PresenceCame(people={"c1": ada("c1")})]


def test_a_snapshot_sets_the_position() -> None:
    follower = following(None, resume=Resume.SNAPSHOT)
    assert follower.receive(SNAPSHOT) == [SnapshotCame(snapshot=SNAPSHOT.snapshot)]
    assert follower.position == ("e", 10)


def test_a_reset_replaces_the_position() -> None:
    follower = following(("old", 99), resume=Resume.RESET, reason="the log was trimmed")
    assert follower.position == ("old", 99)
    follower.receive(SNAPSHOT)
    assert follower.position == ("e", 10)


def test_events_come_in_order_and_each_once() -> None:
    follower = following()
    seqs = []
    for seq in (9, 10, 11, 11, 12, 10, 13):
        seqs += [u.raw.seq for u in follower.receive(an_event_frame(seq)) if isinstance(u, EventCame)]
    assert seqs == [11, 12, 13]
    assert follower.position == ("e", 13)


def test_a_gap_is_not_jumped_over() -> None:
    follower = following()
    with pytest.raises(OutOfStep, match="event 11 is missing"):
        follower.receive(an_event_frame(12))
    assert follower.position == ("e", 10)


def test_an_event_of_a_newer_server_counts() -> None:
    raw = RawEvent(seq=11, board_id="b", type="card.teleported", at=LATER)
    [update] = following().receive(EventFrame(event=raw))
    assert isinstance(update, EventCame)
    assert isinstance(update.event.data, Unknown)
    assert update.raw is raw


def test_an_event_before_the_promised_snapshot_is_out_of_step() -> None:
    with pytest.raises(OutOfStep, match="before the snapshot"):
        following(resume=Resume.RESET).receive(an_event_frame(11))


@pytest.mark.parametrize("frame", [an_event_frame(11), SNAPSHOT, Ping(seq=1, at=LATER), PresenceFrame(), Goaway(delay=1)])
def test_the_first_frame_must_be_a_hello(frame: Any) -> None:
    follower = Follower("b", ("e", 10))
    follower.begin()
    with pytest.raises(OutOfStep, match="hello"):
        follower.receive(frame)


def test_each_connection_begins_with_a_hello_again() -> None:
    follower = following()
    follower.begin()
    with pytest.raises(OutOfStep, match="hello"):
        follower.receive(an_event_frame(11))


def test_another_board_is_out_of_step() -> None:
    with pytest.raises(OutOfStep, match="another board"):
        Follower("b", None).receive(a_hello(board_id="x", resume=Resume.SNAPSHOT))


@pytest.mark.parametrize("position", [None, ("other", 10)])
def test_a_replay_that_was_not_asked_for_makes_the_next_connection_ask_for_a_snapshot(position: Any) -> None:
    follower = Follower("b", position)
    with pytest.raises(OutOfStep):
        follower.receive(a_hello(epoch="e", resume=Resume.REPLAY))
    assert follower.position is None


def test_presence_is_whole_each_time_and_new_with_each_hello() -> None:
    follower = following(people=[ada("c1"), ada("c2")])
    frame = PresenceFrame(present=[ada("c2", card_id="k"), ada("c3")], left=["c1", "never here"])
    [update] = follower.receive(frame)
    assert update == PresenceCame(people={"c2": ada("c2", card_id="k"), "c3": ada("c3")})
    assert follower.receive(a_hello())[1] == PresenceCame(people={})


def test_an_update_that_was_handed_out_does_not_change_later() -> None:
    follower = following()
    [update] = follower.receive(PresenceFrame(present=[ada("c1")]))
    follower.receive(PresenceFrame(left=["c1"]))
    assert update == PresenceCame(people={"c1": ada("c1")})


def test_being_behind() -> None:
    follower = following(seq=11)
    behind = [follower.is_behind]
    for frame in (an_event_frame(11), Ping(seq=12, at=LATER), an_event_frame(12), Ping(seq=12, at=LATER)):
        follower.receive(frame)
        behind.append(follower.is_behind)
    assert behind == [True, False, True, False, False]


def test_waiting_for_a_snapshot_is_not_being_behind() -> None:
    follower = following(resume=Resume.RESET, seq=99)
    follower.receive(Ping(seq=100, at=LATER))
    assert not follower.is_behind


def test_a_new_connection_forgets_what_the_old_one_announced() -> None:
    follower = following(seq=99)
    follower.begin()
    follower.receive(a_hello(seq=10))
    assert not follower.is_behind
