"""The negative control: a server whose hub only pushes what it hears, without log, cursor and tick, as many boards do.

Takes what `rego serve` takes. It must fail where the real server does not, or the harness proves nothing.
"""

from __future__ import annotations

import sys

from rego_server import app
from rego_server.core.events import Committed
from rego_server.realtime.follower import Follower
from rego_server.realtime.hub import Channel, Hub, event_frame


class PushHub(Hub):
    """Delivers each message as it comes, once, to whoever is there."""

    def hear(self, committed: Committed) -> None:
        channel = self._channels.get(committed.board_id)
        if channel is None:
            return
        for event in committed.events:
            for follower in tuple(channel.followers):
                if follower.seq is not None:
                    follower.send(event_frame(event))

    def missed(self) -> None:
        """Whatever was missed stays missed."""

    async def catch_up(self, channel: Channel, follower: Follower, seq: int) -> None:
        follower.seq = seq

    def _read_soon(self, channel: Channel) -> None:
        """The log is not read."""

    async def _look(self) -> None:
        """Nobody looks whether something is missing."""


if __name__ == "__main__":
    from rego.cli.main import run

    vars(app)["Hub"] = PushHub
    sys.exit(run(sys.argv[1:]))
