"""A whole card in the user's own editor, as `rego cards edit` does it: merged with what others did, and never lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rego.card_draft import Draft, Step, half_done, in_words
from rego.card_text import Names
from rego.client import cards
from rego.editor import Scratch, scratch
from rego.wire.errors import Conflict, InvalidInput, RegoError, StaleVersion
from rego_tui.editing import edit_on
from rego_tui.screens.picker import Picker
from rego_tui.widgets.choices import Row

if TYPE_CHECKING:
    from rego_tui.app import RegoApp
    from rego_tui.store import BoardStore

AGAIN, LEAVE = "again", "leave"


async def edit_card(app: RegoApp, store: BoardStore, card_id: str) -> None:
    """Open a card in the editor and send what was changed; says what became of it. To be run in a worker."""
    try:
        card = await store.ask(cards.get_card(card_id))
        ref = store.loaded.ref(card)
        draft = Draft(card, _names(store))
        store.focus(card_id, editing=True)
        with scratch(app.editor, f"{ref}.md", app.say) as paper:
            while not await _save(app, store, draft, paper):
                pass
    except RegoError as error:
        app.say(error.detail, failed=True)
    else:
        changed = in_words(list(draft.changes))
        app.say(f"{ref}: {changed} changed. Press u to undo." if changed else f"{ref} stays as it was.")
    finally:
        store.focus(card_id)


async def _save(app: RegoApp, store: BoardStore, draft: Draft, paper: Scratch) -> bool:
    """Let the person write, and send it; False when they look again, with what they find then made ready."""
    text = await edit_on(app, paper, draft.text)
    try:
        draft.take(text)
        await _carry_out(store, draft.steps())
    except StaleVersion:
        return await _merge(app, store, draft)
    except InvalidInput as error:
        if not await _wants_again(app, error.detail):
            raise
        return False
    return True


async def _merge(app: RegoApp, store: BoardStore, draft: Draft) -> bool:
    """Take up what others did meanwhile: send the merged text when nothing collides, else show both in the editor."""
    conflicts: Mapping[str, str] = draft.meet(await store.ask(cards.get_card(draft.card.id)), _names(store))
    if not conflicts:
        await _carry_out(store, draft.steps())
        return True
    question = f"Somebody changed {in_words(list(conflicts))} meanwhile."
    if not await _wants_again(app, question):
        raise Conflict(f"{question} Nothing of yours was sent.")
    return False


async def _wants_again(app: RegoApp, question: str) -> bool:
    rows = [Row(id=AGAIN, text="Look at it again in the editor"), Row(id=LEAVE, text="Leave it; the text is kept in a file")]
    picked = await app.push_screen_wait(Picker(app, question, rows))
    return picked is not None and picked.one == AGAIN


async def _carry_out(store: BoardStore, steps: Sequence[Step]) -> None:
    for n, step in enumerate(steps):
        try:
            await store.ask(step.call)
        except RegoError as error:
            half_done(error, steps[:n])
            raise


def _names(store: BoardStore) -> Names:
    replica = store.loaded
    return Names(
        columns=replica.columns_in_order(),
        labels=list(replica.labels.values()),
        members=list(replica.members.values()),
        me=store.me,
    )
