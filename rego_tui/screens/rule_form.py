"""One rule as a form: its name, what sets it off, for which cards, and what it does, each changed in its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from rego.client import automations
from rego.rule_words import ACTIONS, TRIGGERS, Names
from rego.safe_text import safe_text
from rego.wire.automations import Automation
from rego.wire.errors import InvalidInput, NotFound, RegoError, StaleVersion
from rego.wire.query import parse
from rego_tui.actions import Place
from rego_tui.keymap import Press
from rego_tui.rule_choices import Kind, action_kinds, names_of, offer_shift, trigger_kinds
from rego_tui.rule_draft import RuleDraft
from rego_tui.screens.listing import ListPage
from rego_tui.screens.picker import Picked, Picker
from rego_tui.store import BoardStore
from rego_tui.widgets.choices import Row
from rego_tui.widgets.entries import Entry, Tone

if TYPE_CHECKING:
    from rego_tui.app import RegoApp

NAME, STATE, WHEN, IF, ANOTHER = "name", "state", "when", "if", "another"
DO = "do "
"""How the keys of actions begin; the action's place follows."""

FIELDS = {"name": NAME, "enabled": STATE, "trigger": WHEN, "conditions": IF, "actions": f"{DO}0"}
"""Which line a field of the wire stands on."""

HELP = {
    NAME: "What people call this rule. Cards that it changes are told by this name.",
    STATE: "A rule that is off does nothing; its log stays.",
    WHEN: f"What sets the rule off. In the list that Enter opens, one of these can be typed too:\n\n{TRIGGERS}",
    IF: (
        "Only for cards that fit this query, in the words of the filter: assignee:ada label:bug due<3d priority>=high "
        "-has:due (a or b). With nothing here, every card fits."
    ),
    DO: f"What the rule does, in this order. In the list that Enter opens, one of these can be typed too:\n\n{ACTIONS}",
}


class RuleForm(ListPage):
    """Answers the rule when it was saved. Nothing goes to the server before that; what others change meanwhile is taken in."""

    place = Place.RULE

    def __init__(self, app: RegoApp, store: BoardStore, rule: Automation | None) -> None:
        super().__init__(app, store)
        self._rule = rule
        self._before = RuleDraft() if rule is None else RuleDraft.of(rule)
        self.draft = self._before.rebased(self._before, self._before)
        self.heading = "A new rule" if rule is None else f"The rule “{rule.name}”"
        self._wrong: tuple[str, str] = ("", "")

    async def read(self) -> str:
        """Take in what others changed; a rule that is gone is made anew when it is saved."""
        if self._rule is None:
            return ""
        try:
            rule = await self.store.ask(automations.get_automation(self._rule.id))
        except NotFound:
            self._rule, self._before = None, RuleDraft()
            self.rego.say("Somebody deleted this rule. Saving makes it anew.", failed=True)
            return ""
        now = RuleDraft.of(rule)
        self.draft, self._before, self._rule = self.draft.rebased(self._before, now), now, rule
        return ""

    # --- what is shown -----------------------------------------------------------------------------------------------

    @property
    def _names(self) -> Names:
        return names_of(self.store.loaded)

    @property
    def changed(self) -> bool:
        """Whether there is something to save."""
        return self.draft != self._before

    def entries(self) -> Sequence[Entry]:
        draft, names = self.draft, self._names
        does = draft.phrases(names)
        lines = [
            self._line(NAME, "name", draft.name, "a name"),
            self._line(STATE, "state", "on" if draft.enabled else "off", ""),
            self._line(WHEN, "when", draft.when(names), "what sets it off"),
            self._line(IF, "if", draft.conditions, "every card"),
            *(self._line(f"{DO}{place}", "do", phrase, "") for place, phrase in enumerate(does)),
            self._line(ANOTHER, "" if does else "do", "", "and another thing" if does else "what it does"),
        ]
        return self.fitting(lines)

    def _line(self, key: str, label: str, value: str, instead: str) -> Entry:
        wrong = key == self._wrong[0]
        shown = (value or instead, Tone.ERROR if wrong else Tone.PLAIN if value else Tone.MUTED)
        return Entry(key, ((f"{label:<6}", Tone.MUTED), shown))

    def details(self, key: str) -> Text:
        text = Text()
        if key == self._wrong[0]:
            text.append(f"{safe_text(self._wrong[1])}\n\n", "red")
        return text.append(HELP[DO if key.startswith(DO) or key == ANOTHER else key])

    def title_words(self) -> str:
        return super().title_words() + ("  · not saved" if self.changed else "")

    def hints(self) -> Sequence[tuple[str, str]]:
        at_action = self.listed.key.startswith(DO)
        unfit = {"save": not self.changed, "remove": not at_action, "later": not at_action, "filter": True}
        return [(key, word) for key, word in super().hints() if not unfit.get(word)]

    # --- changing ----------------------------------------------------------------------------------------------------

    def opened(self, key: str) -> None:
        """Change what stands on a line."""
        if key == NAME:
            self.ask("name of the rule", self.draft.name, self._set_name)
        elif key == STATE:
            self._edit(enabled=not self.draft.enabled)
        elif key == WHEN:
            self._choose(
                "When",
                trigger_kinds(self.store.loaded, dark=self.app.current_theme.dark),
                self.draft.when(self._names),
                self._set_when,
            )
        elif key == IF:
            self.ask("a query; nothing is for every card", self.draft.conditions, self._set_conditions, check=_check_query)
        elif key:
            self._change_action(len(self.draft.actions) if key == ANOTHER else int(key.removeprefix(DO)))

    def _edit(self, **fields: object) -> None:
        """Take fields of the draft, and show them."""
        for name, value in fields.items():
            setattr(self.draft, name, value)
        self._wrong = ("", "")
        self.draw()

    def _set_name(self, name: str) -> None:
        self._edit(name=name)

    def _set_conditions(self, query: str) -> None:
        self._edit(conditions=query)

    def _set_when(self, phrase: str) -> None:
        self._try(lambda: self.draft.set_when(phrase, self._names))

    def _change_action(self, place: int) -> None:
        phrases = self.draft.phrases(self._names)
        before = phrases[place] if place < len(phrases) else ""
        kinds = action_kinds(self.store.loaded, dark=self.app.current_theme.dark)
        self._choose("Do", kinds, before, lambda phrase: self._set_action(place, phrase))

    def _set_action(self, place: int, phrase: str) -> None:
        self._try(lambda: self.draft.set_action(place, phrase, self._names))
        self.listed.go_to(f"{DO}{place}")
        self.cursor_moved()

    def _try(self, change: Callable[[], None]) -> None:
        try:
            change()
        except RegoError as error:
            self.rego.say(error.detail, failed=True)
        self._edit()

    # --- phrases -------------------------------------------------------------------------------------------------------

    def _choose(self, title: str, kinds: Sequence[Kind], before: str, take: Callable[[str], None]) -> None:
        """Have a phrase put together, or typed."""
        word, _, rest = before.partition(":")
        rows = [Row(id=kind.word, text=kind.text, also=kind.word, detail=kind.word, ticked=kind.word == word) for kind in kinds]

        def offer(typed: str) -> Row | None:
            return Row(id=typed, text=typed, detail="as typed") if ":" in typed else None

        def chosen(picked: Picked | None) -> None:
            if picked is None:
                return
            kind = next((kind for kind in kinds if kind.word == picked.one), None)
            if picked.typed or kind is None:
                take(picked.typed)
            else:
                self._question(kind, (), rest if kind.word == word else "", take)

        self.app.push_screen(Picker(self.rego, title, rows, offer=offer), chosen)

    def _question(self, kind: Kind, answers: tuple[str, ...], before: str, take: Callable[[str], None]) -> None:
        """Ask for what a phrase still lacks."""
        if len(answers) == len(kind.questions):
            take(kind.phrase.format(*answers))
            return
        question = kind.questions[len(answers)]

        def answered(answer: str) -> None:
            self._question(kind, (*answers, answer), before, take)

        def chosen(picked: Picked | None) -> None:
            if picked is not None:
                answered(picked.typed or picked.one)

        if question.rows:
            offer = offer_shift if question.shift else None
            self.app.push_screen(Picker(self.rego, question.title, question.rows, offer=offer), chosen)
        else:
            self.ask(question.title, before, answered)

    # --- keys --------------------------------------------------------------------------------------------------------

    def act_rule_change(self, _: Press) -> None:
        self.opened(self.listed.key)

    def act_rule_add_action(self, _: Press) -> None:
        self._change_action(len(self.draft.actions))

    def act_rule_remove_action(self, _: Press) -> None:
        if (place := self._place()) is not None:
            self.draft.remove_action(place)
            self._edit()

    def act_rule_later(self, _: Press) -> None:
        self._move_action(1)

    def act_rule_earlier(self, _: Press) -> None:
        self._move_action(-1)

    def _place(self) -> int | None:
        """The place of the action under the cursor."""
        key = self.listed.key
        return int(key.removeprefix(DO)) if key.startswith(DO) else None

    def _move_action(self, step: int) -> None:
        place = self._place()
        if place is not None and self.draft.move_action(place, step):
            self._edit()
            self.listed.go_to(f"{DO}{place + step}")
            self.cursor_moved()

    def act_rule_save(self, _: Press) -> None:
        if self.changed:
            self.run_worker(self._save(), group="saving", exclusive=True)
        else:
            self.dismiss(None)

    async def _save(self) -> None:
        try:
            saved = await self._send()
        except StaleVersion:
            self._meet_the_other()
        except InvalidInput as error:
            self._show_wrong(error)
        except RegoError as error:
            self.rego.say(f"Not saved: {error.detail}", failed=True)
        else:
            self.rego.say(f"{saved.name} is saved.")
            self.dismiss(saved)

    async def _send(self) -> Automation:
        if self._rule is None:
            return await self.store.ask(automations.create_automation(self.store.board_id, self.draft.created()))
        body = self.draft.updated(self._before, self._rule.version)
        return await self.store.ask(automations.update_automation(self._rule.id, body))

    def _meet_the_other(self) -> None:
        """Take in what somebody else made of the rule; saving once more puts this user's fields in their place."""
        self.rego.say("Not saved: somebody changed the same just now. Saving again puts yours in its place.", failed=True)
        self.load()

    def _show_wrong(self, error: InvalidInput) -> None:
        """Say what is wrong at the line that it is about."""
        line = FIELDS.get((error.field or "").partition(".")[0].partition("[")[0], "")
        self._wrong = (ANOTHER if line == f"{DO}0" and not self.draft.actions else line, error.detail)
        self.rego.say(f"Not saved: {error.detail}", failed=True)
        self.draw()
        self.listed.go_to(self._wrong[0])
        self.cursor_moved()

    def act_list_back(self, press: Press) -> None:
        """Leave; asked first when that would lose something."""
        if self.filter or not self.changed:
            super().act_list_back(press)
            return

        def chosen(picked: Picked | None) -> None:
            if picked is not None and picked.one == "save":
                self.act_rule_save(press)
            elif picked is not None and picked.one == "drop":
                self.dismiss(None)

        rows = [
            Row(id="save", text="Save it"),
            Row(id="drop", text="Leave, and drop what was changed"),
            Row(id="stay", text="Go on writing"),
        ]
        self.app.push_screen(Picker(self.rego, "The rule is not saved", rows), chosen)


def _check_query(text: str) -> tuple[str, int]:
    """What is wrong with a query and where, or nothing."""
    try:
        parse(text)
    except InvalidInput as error:
        position = error.data["position"] if isinstance(error.data, dict) else len(text)
        return error.detail, position
    return "", 0
