"""What the store tells the screens, and what widgets tell the screen that they are on."""

from __future__ import annotations

from textual.message import Message

from rego.replica import Touched


class BoardLoaded(Message):
    """The replica is new: draw everything."""


class BoardChanged(Message):
    """Events and local operations since the last frame; `touched` says what to draw again."""

    def __init__(self, touched: Touched) -> None:
        super().__init__()
        self.touched = touched


class CardNumbered(Message):
    """A card that was made here got its real id."""

    def __init__(self, provisional_id: str, card_id: str) -> None:
        super().__init__()
        self.provisional_id = provisional_id
        self.card_id = card_id


class PresenceChanged(Message):
    """Somebody came, went, or looks at another card; `cards` are the ids of the cards concerned."""

    def __init__(self, cards: set[str]) -> None:
        super().__init__()
        self.cards = cards


class ConnectionChanged(Message):
    """The connection is in another state, or more or fewer operations wait."""


class ReviewWaits(Message):
    """Changes that had waited were tried, and some of them wait for the user's word now."""


class Notice(Message):
    """A sentence for the user. It may hold text of others: show it without markup."""

    def __init__(self, sentence: str, *, failed: bool = False) -> None:
        super().__init__()
        self.sentence = sentence
        self.failed = failed


class BoardEnded(Message):
    """The board is over for this client: deleted or access lost; or it stands still until the user logs in again."""

    def __init__(self, sentence: str, *, log_in: bool = False) -> None:
        super().__init__()
        self.sentence = sentence
        self.log_in = log_in


class ColumnClicked(Message):
    """A column was clicked where it has no card: as a strip, on its header, or below its cards."""

    def __init__(self, column_id: str) -> None:
        super().__init__()
        self.column_id = column_id


class CardClicked(Message):
    """A card of a column was clicked; `twice` on a double click."""

    def __init__(self, column_id: str, card_id: str, *, twice: bool) -> None:
        super().__init__()
        self.column_id = column_id
        self.card_id = card_id
        self.twice = twice
