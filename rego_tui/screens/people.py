"""The people of a board and the invitations to it: who is here and where, what they may do, and how others come."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from rego.client import boards, invitations
from rego.wire.base import Role
from rego.wire.boards import Member, UpdateMember
from rego.wire.errors import InvalidInput
from rego.wire.invitations import CreateInvitation, Invitation, NewInvitation
from rego.wire.presence import Person
from rego_tui.actions import Place
from rego_tui.keymap import Press
from rego_tui.people_words import (
    ROLE_WORDS,
    invitation_details,
    invitation_line,
    member_details,
    member_line,
)
from rego_tui.screens.listing import ListPage
from rego_tui.screens.picker import Picked, Picker
from rego_tui.store import BoardStore
from rego_tui.widgets.choices import Row
from rego_tui.widgets.entries import Entry, Tone
from rego_tui.widgets.text_cells import widest

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.text import Text

    from rego_tui.app import RegoApp


NAME_MAX = 28
"""Cells in which the names of people stand one below the other; a longer one pushes what follows to the right."""


class PeoplePage(ListPage):
    """The members are the replica's, so they are always fresh; the invitations are read, and only owners may."""

    place = Place.PEOPLE
    heading = "People"
    placeholder = "a name or a role"

    def __init__(self, app: RegoApp, store: BoardStore) -> None:
        super().__init__(app, store)
        self._invitations: dict[str, Invitation] = {}
        self._sentence = ""

    async def read(self) -> str:
        found = []
        if self.role is Role.OWNER:
            found = await self.store.ask(invitations.list_invitations(self.store.board_id))
        self._invitations = {invitation.id: invitation for invitation in found}
        return ""

    def board_changed(self) -> None:
        self.draw()
        self.load()

    # --- what is shown -----------------------------------------------------------------------------------------------

    @property
    def _members(self) -> dict[str, Member]:
        return self.store.replica.members if self.store.replica is not None else {}

    def entries(self) -> Sequence[Entry]:
        room = widest((member.name for member in self._members.values()), min(NAME_MAX, self.list_width * 2 // 5))
        people = [self._member_line(member, room) for member in sorted(self._members.values(), key=_in_order)]
        now = self.rego.clock()
        invited = [invitation_line(invitation, self._members, now) for invitation in self._invitations.values()]
        shown: list[Entry] = []
        for heading, lines in (("People", people), ("Invitations", invited)):
            fitting = self.fitting(lines)
            shown += [Entry("", ((heading, Tone.MUTED),)), *fitting] if fitting else []
        return shown

    def _member_line(self, member: Member, room: int) -> Entry:
        seen = self._seen(member.user_id)
        return member_line(member, seen, self.store.replica, me=self.store.me, away=self._away, room=room)

    @property
    def _away(self) -> bool:
        """Whether it is known only from before who is here."""
        return not self.store.connection.in_touch

    def connection_changed(self) -> None:
        self.draw()

    def _seen(self, user_id: str) -> list[Person]:
        """Where somebody is; oneself is known to be here."""
        return [person for person in self.store.people.values() if person.user_id == user_id]

    def details(self, key: str) -> Text:
        if invitation := self._invitations.get(key):
            return invitation_details(invitation, self._members, self.rego.clock())
        return member_details(self._members[key], self._seen(key), self.store.replica, me=self.store.me, away=self._away)

    def hints(self) -> Sequence[tuple[str, str]]:
        owner, key = self.role is Role.OWNER, self.listed.key
        unfit = {
            "role": not owner or key not in self._members,
            "add": not owner,
            "invite": not owner,
            "remove": not key or not (owner or key == self.store.me),
            "their card": self._card_of(key) is None,
        }
        return [(shown, word) for shown, word in super().hints() if not unfit.get(word)]

    def _card_of(self, user_id: str) -> str | None:
        return next((person.card_id for person in self._seen(user_id) if person.card_id is not None), None)

    # --- people --------------------------------------------------------------------------------------------------------

    def act_people_open_card(self, _: Press) -> None:
        self.opened(self.listed.key)

    def opened(self, key: str) -> None:
        """Show the card that somebody looks at."""
        member, card_id = self._members.get(key), self._card_of(key)
        if card_id is not None:
            self.open_card(card_id)
        elif member is not None:
            self.rego.say(f"{member.name} looks at no card now.")

    def act_people_role(self, _: Press) -> None:
        """Choose another role for the person under the cursor."""
        member = self._members.get(self.listed.key)
        if member is None or not self.may(Role.OWNER):
            return
        self._choose_role(
            f"{member.name} is {member.role}",
            lambda role: self.change(
                boards.update_member(self.store.board_id, member.user_id, UpdateMember(role=role)),
                lambda changed: f"{changed.name} is {changed.role} now; was {member.role}.",
            ),
            before=member.role,
        )

    def _choose_role(self, title: str, then: Callable[[Role], object], before: Role = Role.MEMBER) -> None:
        rows = [Row(id=role, text=role, detail=ROLE_WORDS[role], ticked=role is before) for role in Role]

        def chosen(picked: Picked | None) -> None:
            if picked is not None:
                then(Role(picked.one))

        self.app.push_screen(Picker(self.rego, title, rows), chosen)

    def act_people_add(self, _: Press) -> None:
        """Put somebody with an account on the board."""
        if self.may(Role.OWNER):
            self.ask("username or e-mail address of somebody with an account here", "", self._add)

    def _add(self, person: str) -> None:
        if not person:
            return
        self._choose_role(
            f"{person} comes as",
            lambda role: self.change(
                boards.add_member(self.store.board_id, boards.named(person, role)),
                lambda member: f"{member.name} is {member.role} here now.",
            ),
        )

    def act_people_remove(self, _: Press) -> None:
        """Take somebody off the board, or leave it; asked first."""
        key = self.listed.key
        if (invitation := self._invitations.get(key)) is not None:
            self._revoke(invitation)
        elif (member := self._members.get(key)) is not None:
            leaving = key == self.store.me
            if leaving or self.may(Role.OWNER):
                act = "Leave this board" if leaving else f"Take {member.name} off this board"
                self.confirm(act, lambda: self._remove(member))

    def _remove(self, member: Member) -> None:
        call = boards.remove_member(self.store.board_id, member.user_id)
        self.change(call, lambda _: f"{member.name} is off this board now.")

    # --- invitations ---------------------------------------------------------------------------------------------------

    def act_people_invite_link(self, _: Press) -> None:
        """Make an invitation for whoever brings it first."""
        if self.may(Role.OWNER):
            self._choose_role("Whoever brings the invitation comes as", self._invite)

    def act_people_invite_email(self, _: Press) -> None:
        """Make an invitation for one address, to which a letter goes."""
        if self.may(Role.OWNER):
            self.ask("e-mail address that the invitation is for", "", self._invite_by_email)

    def _invite_by_email(self, email: str) -> None:
        if not email:
            return
        self._choose_role(f"{email} comes as", lambda role: self._invite(role, email))

    def _invite(self, role: Role, email: str | None = None) -> None:
        body = CreateInvitation(role=role, email=email)
        self.change(invitations.create_invitation(self.store.board_id, body), lambda _: "", then=self._show_secret)

    def _show_secret(self, made: NewInvitation) -> None:
        """Show the link or the token, this once."""
        from rego_tui.screens.secret import SecretScreen

        what, secret = self._link(made.token)
        until = made.expires_at.astimezone(self.rego.clock().tzinfo)
        letter = f"A letter with it goes to {made.email}. " if made.email else ""
        who = f"the account of {made.email}" if made.email else "whoever brings it first"
        sentence = (
            f"This {what} makes {who} a {made.role} of this board, until {until.day} {until:%B %H:%M}. "
            f"{letter}`rego invites accept` takes it. It is not shown again."
        )
        self.app.push_screen(SecretScreen(self.rego, "Invitation", sentence, secret))

    def _link(self, token: str) -> tuple[str, str]:
        """A link, or the mere token where the server has no address that others could reach."""
        if self.rego.where.server is not None:
            with suppress(InvalidInput):
                return "link", invitations.link_of(self.rego.where.server, token)
        return "token", token

    def _revoke(self, invitation: Invitation) -> None:
        self.confirm(
            f"Revoke the invitation for {invitation.email or 'whoever brings it'}",
            lambda: self.change(
                invitations.revoke_invitation(self.store.board_id, invitation.id), lambda _: "The invitation is revoked."
            ),
        )


def _in_order(member: Member) -> tuple[int, str]:
    """Owners first, those without an account last, else by name."""
    return (9 if member.placeholder else list(Role).index(member.role), member.name.casefold())
