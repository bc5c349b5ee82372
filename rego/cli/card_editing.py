"""`rego cards edit`: by flags, or as a text in an editor that is merged with what others changed meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from rego.card_draft import Draft, Step, half_done, in_words
from rego.card_text import Names
from rego.cli import card_lookup as look
from rego.cli.card_views import CARD, NamedCard
from rego.cli.context import Session
from rego.cli.output import Form
from rego.client import auth, boards, cards, labels
from rego.editor import Scratch, scratch
from rego.wire.cards import UpdateCard
from rego.wire.errors import Conflict, InvalidInput, RegoError, StaleVersion


def edit_card(session: Session, name: str, body: UpdateCard, form: Form) -> None:
    """Change a card, unless somebody changed the same fields since it was read here."""
    before = look.card(session, name)
    body.version = before.version
    named = look.named(session, name, session.send(cards.update_card(before.id, body)))
    changed = [field for field, value in body.changes().items() if value != getattr(before, field)]
    session.output.changed(CARD, named, form, _sentence(named, changed, acts=1))


def edit_as_text(session: Session, name: str, form: Form) -> None:
    """Change a card in the editor. What cannot be understood or merged comes up again; nothing that was written is lost."""
    before = look.card(session, name)
    ref = look.named(session, name, before).ref
    draft = Draft(before, _names(session, before.board_id))
    with scratch(session.editor, f"{ref}.md", session.output.note) as paper:
        while not _save(session, ref, draft, paper):
            pass
    _report(session, ref, draft, form)


def edit_from_text(session: Session, name: str, text: str, form: Form) -> None:
    """Change a card to what `text` says, which is in the editor's form."""
    before = look.card(session, name)
    draft = Draft(before, _names(session, before.board_id))
    draft.take(text)
    _carry_out(session, draft.steps())
    _report(session, look.named(session, name, before).ref, draft, form)


def _save(session: Session, ref: str, draft: Draft, paper: Scratch) -> bool:
    """Let the person write, and send it; False when they must look again, with what they find then made ready."""
    text = paper.edit(draft.text)
    try:
        draft.take(text)
        _carry_out(session, draft.steps())
    except StaleVersion:
        return _merge(session, ref, draft)
    except InvalidInput as error:
        if not session.confirm(f"{error.detail} Edit again"):
            raise
        return False
    return True


def _merge(session: Session, ref: str, draft: Draft) -> bool:
    """Take up what others did meanwhile: send the merged text when nothing collides, else show both."""
    theirs = look.card(session, draft.card.id)
    if conflicts := draft.meet(theirs, _names(session, theirs.board_id)):
        if not session.confirm(f"{ref}: {', '.join(conflicts)} changed meanwhile. Look at both"):
            raise Conflict(f"{ref} was changed by somebody else in the same place; nothing of yours was sent.")
        return False
    session.output.note(f"{ref} was changed by somebody else meanwhile; merged.")
    _carry_out(session, draft.steps())
    return True


def _carry_out(session: Session, steps: Sequence[Step]) -> None:
    """Make the changes; one that is refused says what was changed before it."""
    for n, step in enumerate(steps):
        try:
            session.send(step.call)
        except RegoError as error:
            half_done(error, steps[:n])
            raise


def _report(session: Session, ref: str, draft: Draft, form: Form) -> None:
    card = look.card(session, draft.card.id)
    named = look.named(session, ref, card)
    session.output.changed(CARD, named, form, _sentence(named, list(draft.changes), acts=len(draft.steps())))


def _sentence(named: NamedCard, changed: Sequence[str], *, acts: int) -> str:
    return f"{named.ref}: {in_words(changed)} changed{named.way_back(acts)}" if changed else f"{named.ref} was so already"


def _names(session: Session, board_id: str) -> Names:
    """What stands on a board for a card's ids."""
    return Names(
        columns=look.open_columns(session, board_id),
        labels=session.send(labels.list_labels(board_id)),
        members=session.send(boards.list_members(board_id)),
        me=session.send(auth.me()).id,
    )
