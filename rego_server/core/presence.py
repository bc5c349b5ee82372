"""Who is on a board through other servers: the port between the people that one server knows and those of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from rego.wire.presence import Person


class Meeting(Protocol):
    """The people on one board, as one server has them."""

    @property
    def own(self) -> Mapping[str, Person]:
        """Those who are connected to this server, by connection."""

    def meet(self, others: Mapping[str, Person]) -> None:
        """These are on the board through other servers now; also called when whether that is known has changed."""


class Elsewhere(Protocol):
    """The other servers, as far as people go."""

    @property
    def degraded(self) -> bool:
        """Whether people on other servers may be missing, because nothing is heard of them."""

    def follow(self, board_id: str, meeting: Meeting) -> None:
        """Somebody is on a board here: tell the others about it, and `meeting` about the others."""

    def unfollow(self, board_id: str, meeting: Meeting) -> None:
        """Nobody is at `meeting` any more; another one on the same board, begun meanwhile, goes on."""

    def tell(self, board_id: str, present: Sequence[Person], left: Sequence[str]) -> None:
        """Tell the others who came or changed what they look at here, and which connections went."""

    async def people(self, board_ids: Sequence[str]) -> dict[str, list[Person]]:
        """Who is on each of some boards on which nobody is here."""


class NobodyElsewhere:
    """What a server that is alone knows of others."""

    degraded = False

    def follow(self, board_id: str, meeting: Meeting) -> None:
        """There is nobody to tell."""

    def unfollow(self, board_id: str, meeting: Meeting) -> None:
        """As above."""

    def tell(self, board_id: str, present: Sequence[Person], left: Sequence[str]) -> None:
        """As above."""

    async def people(self, board_ids: Sequence[str]) -> dict[str, list[Person]]:
        """Nobody."""
        return {board_id: [] for board_id in board_ids}
