"""What of a card is copied for use elsewhere: its reference, its URL, a name for its git branch; of several cards, lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rego.branches import branch_name
from rego.wire.cards import CardSummary

if TYPE_CHECKING:
    from rego.replica import Replica
    from rego_tui.app import RegoApp


def copy_refs(app: RegoApp, replica: Replica, cards: Sequence[CardSummary]) -> None:
    _copy(app, [replica.ref(card) for card in _numbered(app, cards)])


def copy_urls(app: RegoApp, replica: Replica, cards: Sequence[CardSummary]) -> None:
    server = app.where.server
    if server is None or server.socket_path is not None:
        app.say("This board is on this machine alone, so its cards have no URL.", failed=True)
    else:
        _copy(app, [f"{server.http_base}/cards/{replica.ref(card)}" for card in _numbered(app, cards)])


def copy_branches(app: RegoApp, replica: Replica, cards: Sequence[CardSummary]) -> None:
    _copy(app, [branch_name(replica.ref(card), card.title) for card in _numbered(app, cards)])


def _numbered(app: RegoApp, cards: Sequence[CardSummary]) -> list[CardSummary]:
    """The cards without those that the server has not numbered yet; says so when nothing is left."""
    found = [card for card in cards if card.number]
    if cards and not found:
        app.say("The card has no number yet: the server has not answered.", failed=True)
    return found


def _copy(app: RegoApp, lines: Sequence[str]) -> None:
    if lines:
        app.copy_to_clipboard("\n".join(lines))
        app.say(f"Copied {lines[0]}" if len(lines) == 1 else f"Copied {len(lines)} lines, from {lines[0]} on")
