"""Any changes on two boards leaves what a plain model predicts, and what their events rebuild, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from copy import deepcopy
from itertools import count
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from rego.client import boards, cards, checklists, columns, comments, labels
from rego.client.blocking import Client
from rego.client.call import Call
from rego.client.credentials import Credentials
from rego.client.server import Server as Address
from rego.wire.base import Position
from rego.wire.boards import CreateBoard, UpdateBoard
from rego.wire.cards import BulkCards, CopyCard, CreateCard, MoveCard, UpdateCard
from rego.wire.checklists import CreateChecklist, CreateChecklistItem, UpdateChecklistItem
from rego.wire.columns import Color, CreateColumn, MoveColumn, UpdateColumn, WipMode
from rego.wire.comments import CreateComment
from rego.wire.errors import Conflict
from rego.wire.labels import CreateLabel, UpdateLabel
from tests.server.board_follower import Follower
from tests.server.board_model import ModelBoard, ModelCard, ModelColumn
from tests.server.site import Account, Site

T = TypeVar("T")
Crowd = Callable[[list[str]], None]

COLUMNS = 2
EACH = 2

which = st.integers(0, 20)
side = st.booleans()
places = st.one_of(
    st.tuples(st.sampled_from(["top", "bottom", "unsaid"]), st.just(0)), st.tuples(st.sampled_from(["after", "before"]), which)
)
names = st.sampled_from(["bug", "wish", "chore"])
some = st.lists(which, min_size=1, max_size=3)
_numbers = count(1)


class Boards(RuleBasedStateMachine):
    """Two boards of one person on the server, and their models. A rule about a card is passed over where there is none."""

    def __init__(self, client: Client, me: str, crowd: Crowd | None) -> None:
        super().__init__()
        self.client = client
        self.me = me
        self.models = [self._open(title) for title in ("Home", "Away")]
        self._furnish(crowd)
        self.followers = [Follower(client, model.id, archived=True) for model in self.models]
        self.open_forms = [Follower(client, model.id, archived=False) for model in self.models]

    def _open(self, title: str) -> ModelBoard:
        board = self.client.send(boards.create_board(CreateBoard(title=title)))
        made = [self.client.send(columns.create_column(board.id, CreateColumn(title=str(n)))) for n in range(COLUMNS)]
        return ModelBoard(board.id, [ModelColumn(column.id) for column in made])

    def _furnish(self, crowd: Crowd | None) -> None:
        """Put cards into every column, with `crowd` without any room between them, and things on every other card."""
        for model in self.models:
            for column in model.columns:
                for _ in range(EACH):
                    self._add(model, column, ("bottom", 0))
                if crowd is not None:
                    crowd(column.cards)
            # More events, so that the server reads anew what was changed behind its back.
            for name in ("bug", "wish"):
                self._make_label(model, name)
            for card_id in model.card_ids[::2]:
                self._load(model, card_id)

    # --- after each step -----------------------------------------------------------------------------------------

    @invariant()
    def server_and_model_agree(self) -> None:
        for model, follower in zip(self.models, self.followers, strict=True):
            model.check(follower.check(), self.me)

    def teardown(self) -> None:
        for follower in self.open_forms:
            follower.check()

    # --- cards ---------------------------------------------------------------------------------------------------

    @rule(away=side, column=which, place=places)
    def create(self, away: bool, column: int, place: tuple[str, int]) -> None:
        model = self.models[away]
        self._add(model, model.columns[column % COLUMNS], place)

    @rule(card=which, away=side, column=which, place=places)
    def move(self, card: int, away: bool, column: int, place: tuple[str, int]) -> None:
        if found := self._card(card):
            model, card_id = found
            there = self.models[away]
            target = there.columns[column % COLUMNS]
            index, named = _find(there, target, place, card_id)
            body = MoveCard(column_id=target.id, board_id=there.id if there is not model else None, **named)
            fits = self._crossing_fits(model, there, target, card_id, index) if there is not model else None
            done = model.shift(card_id, target, index) if fits is None else fits
            self._try(cards.move_card(card_id, body), done)

    @rule(card=which, away=side, column=which, place=places)
    def copy(self, card: int, away: bool, column: int, place: tuple[str, int]) -> None:
        if found := self._card(card):
            model, card_id = found
            there = self.models[away]
            target = there.columns[column % COLUMNS]
            index, named = _find(there, target, place, None)
            fits = not there.refuses(target)
            made = self._try(cards.copy_card(card_id, CopyCard(column_id=target.id, board_id=there.id, **named)), fits)
            if made is not None:
                there.put(made.id, self._copied(model, there, card_id, made.id), target, index)

    @rule(card=which, completed=st.booleans())
    def change(self, card: int, completed: bool) -> None:
        if found := self._card(card):
            model, card_id = found
            model.cards[card_id].title, model.cards[card_id].completed = f"card {next(_numbers)}", completed
            body = UpdateCard(title=model.cards[card_id].title, completed=completed)
            self._try(cards.update_card(card_id, body))

    @rule(card=which, archived=st.booleans())
    def archive(self, card: int, archived: bool) -> None:
        if found := self._card(card):
            model, card_id = found
            done = model.restore(card_id) if not archived else True
            model.cards[card_id].archived = archived if done else True
            self._try(cards.update_card(card_id, UpdateCard(archived=archived)), done)

    @rule(card=which)
    def delete(self, card: int) -> None:
        if found := self._card(card):
            model, card_id = found
            model.take(card_id)
            self._try(cards.delete_card(card_id))

    # --- many cards ----------------------------------------------------------------------------------------------

    @rule(away=side, chosen=some, column=which)
    def move_many(self, away: bool, chosen: list[int], column: int) -> None:
        def act(model: ModelBoard, card_id: str) -> bool:
            target = model.columns[column % COLUMNS]
            return model.shift(card_id, target, len([x for x in target.cards if x != card_id]))

        self._many(away, chosen, act, move=MoveCard(column_id=self.models[away].columns[column % COLUMNS].id))

    @rule(away=side, chosen=some, archived=st.booleans())
    def archive_many(self, away: bool, chosen: list[int], archived: bool) -> None:
        def act(model: ModelBoard, card_id: str) -> bool:
            if not archived:
                return model.restore(card_id)
            model.cards[card_id].archived = True
            return True

        self._many(away, chosen, act, archive=archived)

    @rule(away=side, chosen=some, assigned=st.booleans())
    def assign_many(self, away: bool, chosen: list[int], assigned: bool) -> None:
        def act(model: ModelBoard, card_id: str) -> bool:
            model.cards[card_id].assigned = assigned
            return True

        self._many(away, chosen, act, **{"assign" if assigned else "unassign": self.me})

    @rule(away=side, chosen=some)
    def delete_many(self, away: bool, chosen: list[int]) -> None:
        self._many(away, chosen, lambda model, card_id: bool(model.take(card_id)), delete=True)

    # --- labels --------------------------------------------------------------------------------------------------

    @rule(away=side, name=names)
    def make_label(self, away: bool, name: str) -> None:
        self._make_label(self.models[away], name)

    @rule(away=side, label=which, name=names)
    def rename_label(self, away: bool, label: int, name: str) -> None:
        if label_id := _one(self.models[away].labels, label):
            self.models[away].labels[label_id] = name
            self._try(labels.update_label(label_id, UpdateLabel(name=name)))

    @rule(away=side, label=which)
    def delete_label(self, away: bool, label: int) -> None:
        model = self.models[away]
        if label_id := _one(model.labels, label):
            del model.labels[label_id]
            for card in model.cards.values():
                card.labels.discard(label_id)
            self._try(labels.delete_label(label_id))

    @rule(card=which, label=which, on=st.booleans())
    def label(self, card: int, label: int, on: bool) -> None:
        if (found := self._card(card)) and (label_id := _one(found[0].labels, label)):
            model, card_id = found
            (model.cards[card_id].labels.add if on else model.cards[card_id].labels.discard)(label_id)
            self._try((cards.label_card if on else cards.unlabel_card)(card_id, label_id))

    # --- what hangs on cards -------------------------------------------------------------------------------------

    @rule(card=which, items=st.lists(st.booleans(), max_size=2))
    def add_checklist(self, card: int, items: list[bool]) -> None:
        if found := self._card(card):
            self._add_checklist(*found, items)

    @rule(card=which, checklist=which)
    def delete_checklist(self, card: int, checklist: int) -> None:
        if (found := self._card(card)) and (list_id := _one(found[0].cards[found[1]].lists, checklist)):
            del found[0].cards[found[1]].lists[list_id]
            self._try(checklists.delete_checklist(list_id))

    @rule(card=which)
    def comment(self, card: int) -> None:
        if found := self._card(card):
            model, card_id = found
            model.cards[card_id].comments.append(self._try(comments.create_comment(card_id, CreateComment(text="x"))).id)

    @rule(card=which)
    def delete_comment(self, card: int) -> None:
        if (found := self._card(card)) and found[0].cards[found[1]].comments:
            self._try(comments.delete_comment(found[0].cards[found[1]].comments.pop()))

    # --- columns and the board -----------------------------------------------------------------------------------

    @rule(away=side, column=which, limit=st.sampled_from([None, 1, 3]))
    def limit(self, away: bool, column: int, limit: int | None) -> None:
        target = self.models[away].columns[column % COLUMNS]
        target.limit = limit
        self._try(columns.update_column(target.id, UpdateColumn(wip_limit=limit, wip_mode=WipMode.HARD)))

    @rule(away=side, column=which, archived=st.booleans())
    def archive_column(self, away: bool, column: int, archived: bool) -> None:
        target = self.models[away].columns[column % COLUMNS]
        target.archived = archived
        self._try(columns.update_column(target.id, UpdateColumn(archived=archived)))

    @rule(away=side)
    def move_column(self, away: bool) -> None:
        model = self.models[away]
        model.columns.append(model.columns.pop(0))
        self._try(columns.move_column(model.columns[-1].id, MoveColumn()))

    @precondition(lambda self: any(model.cards for model in self.models))
    @rule(card=which)
    def try_on_an_archived_board(self, card: int) -> None:
        """Nothing changes there; then it is restored."""
        found = self._card(card)
        assert found is not None
        model, card_id = found
        self._try(boards.update_board(model.id, UpdateBoard(archived=True)))
        self._try(cards.update_card(card_id, UpdateCard(title="refused")), False)
        self._try(cards.copy_card(card_id, CopyCard()), False)
        self._try(boards.update_board(model.id, UpdateBoard(archived=False)))

    # --- inside --------------------------------------------------------------------------------------------------

    def _try(self, call: Call[T], done: bool = True) -> Any:
        """Send a call that is to be carried out, or else refused."""
        if done:
            return self.client.send(call)
        with pytest.raises(Conflict):
            self.client.send(call)
        return None

    def _card(self, card: int) -> tuple[ModelBoard, str] | None:
        """One of all cards, with its board."""
        every = [(model, card_id) for model in self.models for card_id in model.card_ids]
        return every[card % len(every)] if every else None

    def _add(self, model: ModelBoard, column: ModelColumn, place: tuple[str, int]) -> None:
        index, named = _find(model, column, place, None)
        title = f"card {next(_numbers)}"
        body = CreateCard(title=title, column_id=column.id, **named)
        made = self._try(cards.create_card(model.id, body), not model.refuses(column))
        if made is not None:
            model.put(made.id, ModelCard(title), column, index)

    def _make_label(self, model: ModelBoard, name: str) -> None:
        made = self._try(labels.create_label(model.id, CreateLabel(name=name, color=Color.RED)))
        model.labels[made.id] = name

    def _add_checklist(self, model: ModelBoard, card_id: str, items: list[bool]) -> None:
        made = self._try(checklists.create_checklist(card_id, CreateChecklist(title="x")))
        ticks = model.cards[card_id].lists[made.id] = {}
        for done in items:
            item = self._try(checklists.create_checklist_item(made.id, CreateChecklistItem(text="x")))
            self._try(checklists.update_checklist_item(item.id, UpdateChecklistItem(done=done)))
            ticks[item.id] = done

    def _load(self, model: ModelBoard, card_id: str) -> None:
        """Put a label, a checklist and a comment on a card, and complete it."""
        card = model.cards[card_id]
        label_id = next(iter(model.labels))
        self._try(cards.label_card(card_id, label_id))
        card.labels.add(label_id)
        self._add_checklist(model, card_id, [True, False])
        card.comments.append(self._try(comments.create_comment(card_id, CreateComment(text="x"))).id)
        card.completed = True
        self._try(cards.update_card(card_id, UpdateCard(completed=True)))

    def _many(self, away: bool, chosen: list[int], act: Callable[[ModelBoard, str], bool], **operation: Any) -> None:
        """Do it to a copy of the model, which is the model when all cards let it be done to them."""
        model = self.models[away]
        ids = model.card_ids
        if not ids:
            return
        card_ids = list(dict.fromkeys(ids[n % len(ids)] for n in chosen))
        after = deepcopy(model)
        done = all(act(after, card_id) for card_id in card_ids)
        self._try(cards.bulk_cards(model.id, BulkCards(card_ids=card_ids, **operation)), done)
        if done:
            self.models[away] = after

    def _crossing_fits(self, model: ModelBoard, there: ModelBoard, target: ModelColumn, card_id: str, index: int) -> bool:
        """Move the card to the other board in the models, if the column there takes it."""
        if there.refuses(target, archived=model.cards[card_id].archived):
            return False
        card = model.take(card_id)
        card.labels = there.same_labels({model.labels[label_id] for label_id in card.labels})
        there.put(card_id, card, target, index)
        return True

    def _copied(self, model: ModelBoard, there: ModelBoard, card_id: str, copy_id: str) -> ModelCard:
        """The copy in the model, with the ids that its checklists and items got."""
        card = model.cards[card_id]
        lists = self._try(checklists.list_checklists(copy_id))
        assert sorted(len(made.items) for made in lists) == sorted(len(items) for items in card.lists.values())
        carried = card.labels if there is model else there.same_labels({model.labels[x] for x in card.labels})
        copied = {made.id: {item.id: item.done for item in made.items} for made in lists}
        assert not any(done for items in copied.values() for done in items.values())
        return ModelCard(card.title, assigned=card.assigned, labels={*carried}, lists=copied)


def _one(things: dict[str, Any], number: int) -> str | None:
    """The id of one of some things."""
    return [*things][number % len(things)] if things else None


def _find(model: ModelBoard, column: ModelColumn, place: tuple[str, int], without: str | None) -> tuple[int, dict[str, Any]]:
    """The index that `place` means in a column that the card `without` has left, and the place in the server's words."""
    ids = [card_id for card_id in column.cards if card_id != without]
    kind, number = place
    if kind in ("after", "before") and ids:
        index = number % len(ids)
        return index + (kind == "after"), {f"{kind}_id": ids[index]}
    if kind == "top":
        return 0, {"position": Position.TOP}
    return len(ids), {"position": Position.BOTTOM} if kind == "bottom" else {}


def _settings(examples: int) -> settings:
    return settings(max_examples=examples, stateful_step_count=15, deadline=None, suppress_health_check=[*HealthCheck])


def _run(site: Site, account: Account, examples: int, crowd: Crowd | None = None) -> None:
    client = Client(Address.parse(site.url), Credentials(server=site.url, access_token=account.token))

    class OnTheSite(Boards):
        def __init__(self) -> None:
            super().__init__(client, account.user.id, crowd)

    run_state_machine_as_test(OnTheSite, settings=_settings(examples))
    client.close()


def test_any_changes_leave_what_the_model_says(site: Site, cast: list[Account]) -> None:
    _run(site, cast[0], 7)


def test_the_same_where_ranks_leave_no_gaps(site: Site, cast: list[Account]) -> None:
    """Every column begins with cards whose ranks are neighbours, so that most steps must make room."""

    def crowd(card_ids: list[str]) -> None:
        for n, card_id in enumerate(card_ids):
            asyncio.run(site.execute("UPDATE cards SET rank = ? WHERE id = ?", 7 + n, card_id))

    _run(site, cast[0], 3, crowd)
