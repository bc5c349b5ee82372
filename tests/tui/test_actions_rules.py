"""The rules of a board: listed, switched, written, tried and read about; on a real server, with what others do meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from rego.client import automations, boards, cards, labels
from rego.wire.automations import (
    Automation,
    CreateAutomation,
    DoAddChecklist,
    DoComment,
    DoComplete,
    DoLabel,
    UpdateAutomation,
    WhenMoved,
)
from rego.wire.base import Role
from rego.wire.boards import Board, UpdateMember
from rego.wire.cards import MoveCard
from rego.wire.columns import Color
from rego.wire.labels import CreateLabel
from rego_tui.screens.card import CardScreen
from rego_tui.screens.rule_form import RuleForm
from rego_tui.screens.rules import RulesPage
from tests.running import Running, Somebody
from tests.tui.seat import Seat, seated

Two = tuple[Board, Somebody, Somebody]

SIZES = ((80, 24), (200, 50), (60, 24), (20, 5))


async def with_rule(server: Running, board: Two) -> Automation:
    """A rule of ada's: what comes to Doing is done, and commented on."""
    made, ada, _ = board
    snapshot = await ada.client.send(boards.get_snapshot(made.id))
    doing = next(column.id for column in snapshot.columns if column.title == "Doing")
    body = CreateAutomation(
        name="Finish", trigger=WhenMoved(to_column=doing), actions=[DoComplete(), DoComment(text="Well done")]
    )
    return await ada.client.send(automations.create_automation(made.id, body))


async def open_rules(seat: Seat, *, until: str = "Finish") -> RulesPage:
    await seat.press("g", "r")
    await seat.until("the rules are read", lambda: until in seat.text())
    assert isinstance(seat.app.screen, RulesPage)
    return seat.app.screen


async def rules_of(ada: Somebody, board: Board) -> dict[str, Automation]:
    return {rule.name: rule for rule in await ada.client.send(automations.list_automations(board.id))}


def doing_of(seat: Seat) -> str:
    return seat.store.loaded.columns_in_order()[1].id


def form(seat: Seat) -> RuleForm:
    assert isinstance(seat.app.screen, RuleForm)
    return seat.app.screen


def typed(text: str) -> list[str]:
    """The keys that type a text."""
    return ["space" if letter == " " else letter for letter in text]


def on_list(seat: Seat) -> Callable[[], bool]:
    return lambda: isinstance(seat.app.screen, RulesPage)


async def test_board_rules(server: Running, board: Two) -> None:
    made, ada, ben = board
    rule = await with_rule(server, board)
    async with seated(server, ada, made) as hers:
        await open_rules(hers)
        for size in SIZES:
            await hers.resize(*size)
            await hers.until("it stands there", lambda: "● Finish" in hers.text())
        await hers.resize(80, 24)
        await hers.until("the details stand below", lambda: "when  moved:Doing" in hers.text())
        assert "do    comment:Well done" in hers.text()
        await ben.client.send(automations.update_automation(rule.id, UpdateAutomation(enabled=False, name="Stop")))
        await hers.until("ben's change is seen", lambda: "○ Stop" in hers.text())


async def test_rules_switch(server: Running, board: Two) -> None:
    made, ada, _ = board
    await with_rule(server, board)
    async with seated(server, ada, made) as hers:
        await open_rules(hers)
        await hers.press("space")
        await hers.until("it is off", lambda: "○ Finish" in hers.text() and hers.said("Finish is off now."))
        assert not (await rules_of(ada, made))["Finish"].enabled
        await hers.press("x")
        await hers.until("it is on", lambda: "● Finish" in hers.text())


async def test_rules_delete(server: Running, board: Two) -> None:
    made, ada, _ = board
    await with_rule(server, board)
    async with seated(server, ada, made) as hers:
        await open_rules(hers)
        await hers.press("d", "escape", "d", "2")
        assert await rules_of(ada, made)
        await hers.press("d", "enter")
        await hers.until("it is gone", lambda: "does nothing by itself yet" in hers.text())
        assert not await rules_of(ada, made)


async def test_rules_new(server: Running, board: Two) -> None:
    made, ada, _ = board
    async with seated(server, ada, made) as hers:
        await open_rules(hers, until="does nothing by itself yet")
        await hers.press("n", "enter", *"Start", "enter")
        await hers.press("j", "j", "enter", "1", "2", "3")  # moved, from Todo, to Doing
        assert "moved:Todo>Doing" in hers.text()
        await hers.press("j", "enter", *typed("is:open ("), "enter")
        await hers.until("the mistake is told", lambda: hers.said("At character "))
        await hers.press("delete", "enter")
        await hers.press("G", "enter", *"comment", "enter", *typed("Go: on"), "enter")
        await hers.press("a", *"label:nothing", "enter")
        await hers.until("there is no such label", lambda: hers.said("No label is called"))
        await hers.press("s")
        await hers.until("it is saved", on_list(hers))
        await hers.until("it is listed", lambda: "● Start" in hers.text())
        rule = (await rules_of(ada, made))["Start"]
        todo, doing = (column.id for column in hers.store.loaded.columns_in_order())
        assert rule.trigger == WhenMoved(from_column=todo, to_column=doing)
        assert rule.conditions == "is:open"
        assert rule.actions == [DoComment(text="Go: on")]


async def test_rule_save(server: Running, board: Two) -> None:
    made, ada, _ = board
    async with seated(server, ada, made) as hers:
        await open_rules(hers, until="does nothing by itself yet")
        await hers.press("n", "G", "a", *"complete", "enter", "s")
        await hers.until("a name is missing", lambda: hers.said("A rule needs a name."))
        assert form(hers).listed.key == "name"
        await hers.press("enter", *"Due", "enter", "s")
        await hers.until("a trigger is missing", lambda: hers.said("Say when it is to happen."))
        assert form(hers).listed.key == "when"
        await hers.press("enter", *"due:-90x", "enter", "s")
        await hers.until(
            "what the server refuses stands at its line", lambda: hers.said("Not saved") and "s save" in hers.text()
        )
        assert form(hers).listed.key == "when"
        await hers.press("enter", *typed("a card is due"), "enter", *"-2h", "enter", "s")
        await hers.until("it is saved", on_list(hers))
        assert (await rules_of(ada, made))["Due"].trigger.before == "2h"  # type: ignore[union-attr]


async def test_rules_edit(server: Running, board: Two) -> None:
    made, ada, ben = board
    rule = await with_rule(server, board)
    async with seated(server, ada, made) as hers:
        await open_rules(hers)
        await hers.press("enter")
        await hers.press("enter", "!", "enter")
        # Somebody changes another field meanwhile: both stand.
        await ben.client.send(automations.update_automation(rule.id, UpdateAutomation(conditions="is:open")))
        await hers.until("ben's condition came in", lambda: "is:open" in hers.text() and "Finish!" in hers.text())
        await hers.press("s")
        await hers.until("it is saved", on_list(hers))
        changed = (await rules_of(ada, made))["Finish!"]
        assert (changed.conditions, changed.actions) == ("is:open", rule.actions)


async def test_rule_change(server: Running, board: Two) -> None:
    made, ada, _ = board
    await with_rule(server, board)
    async with seated(server, ada, made) as hers:
        await open_rules(hers)
        await hers.press("e", "j", "space", "G", "k", "enter")
        await hers.until("the action is preset", lambda: "comment on it" in hers.text())
        await hers.press("enter", "!", "enter", "s")
        await hers.until("it is saved", on_list(hers))
        rule = (await rules_of(ada, made))["Finish"]
        assert not rule.enabled
        assert rule.actions == [DoComplete(), DoComment(text="Well done!")]


async def test_rule_add_action(server: Running, board: Two) -> None:
    made, ada, _ = board
    await with_rule(server, board)
    async with seated(server, ada, made) as hers:
        await open_rules(hers)
        await hers.press("enter", "a", *"checklist", "enter", *"Steps|one|two", "enter")
        assert form(hers).listed.key == "do 2"
        await hers.press("s")
        await hers.until("it is saved", on_list(hers))
        steps = DoAddChecklist(title="Steps", items=["one", "two"])
        assert (await rules_of(ada, made))["Finish"].actions[2] == steps


async def test_rule_later(server: Running, board: Two) -> None:
    made, ada, _ = board
    rule = await with_rule(server, board)
    async with seated(server, ada, made) as hers:
        await open_rules(hers)
        await hers.press("enter", "4", "j", "J", "J")
        assert form(hers).listed.key == "do 1"
        assert form(hers).draft.actions == tuple(reversed(rule.actions))


async def test_rule_earlier(server: Running, board: Two) -> None:
    made, ada, _ = board
    rule = await with_rule(server, board)
    async with seated(server, ada, made) as hers:
        await open_rules(hers)
        await hers.press("enter", "5", "j", "K", "K")
        assert form(hers).listed.key == "do 0"
        assert form(hers).draft.actions == tuple(reversed(rule.actions))


async def test_rule_remove_action(server: Running, board: Two) -> None:
    made, ada, _ = board
    await with_rule(server, board)
    async with seated(server, ada, made) as hers:
        await open_rules(hers)
        await hers.press("enter", "d", "4", "j", "d")
        assert form(hers).draft.actions == (DoComment(text="Well done"),)


async def test_what_is_not_saved_is_not_lost(server: Running, board: Two) -> None:
    made, ada, ben = board
    rule = await with_rule(server, board)
    async with seated(server, ada, made) as hers:
        await open_rules(hers)
        await hers.press("enter", "enter", "!", "enter", "escape")
        await hers.until("it asks", lambda: "The rule is not saved" in hers.text())
        await hers.press("escape")
        await ben.client.send(automations.delete_automation(rule.id))
        await hers.until("the deletion is told", lambda: hers.said("Somebody deleted this rule."))
        await hers.press("escape", "enter")
        await hers.until("it is made anew", on_list(hers))
        assert (await rules_of(ada, made))["Finish!"].actions == rule.actions
        await hers.press("enter", "enter", "?", "enter", "escape", "2")
        await hers.until("it is dropped", on_list(hers))
        assert "Finish!?" not in await rules_of(ada, made)


async def test_rules_try(server: Running, board: Two) -> None:
    made, ada, _ = board
    await with_rule(server, board)
    async with seated(server, ada, made) as hers:
        await open_rules(hers)
        await hers.press("t", "1")
        await hers.until("all are tried", lambda: "Tried on 3 cards, nothing was changed: 3 done." in hers.text())
        assert "The rule “Finish” completed OPS-1 “Alpha”" in "".join(hers.text().split("\n"))
        await hers.press("escape", "t", *"bravo", "enter")
        await hers.until("one is tried", lambda: "Tried on 1 card," in hers.text())
        assert not any(card.completed for card in hers.store.loaded.cards.values())


async def test_rules_log(server: Running, board: Two) -> None:
    made, ada, ben = board
    rule = await with_rule(server, board)
    bug = await ada.client.send(labels.create_label(made.id, CreateLabel(name="bug", color=Color.RED)))
    mark = CreateAutomation(name="Mark", trigger=rule.trigger, actions=[DoLabel(label=bug.id)])
    await ada.client.send(automations.create_automation(made.id, mark))
    await ada.client.send(labels.delete_label(bug.id))
    async with seated(server, ada, made) as hers:
        await open_rules(hers)
        await hers.press("l")
        await hers.until("it has not run", lambda: "has not run yet" in hers.text())
        await ben.client.send(cards.move_card("OPS-1", MoveCard(column_id=doing_of(hers))))
        await hers.until("the run is told in sentences", lambda: "commented on OPS-1" in hers.text())
        assert "✓ done" in hers.text()
        assert "set off by card.moved on OPS-1" in hers.text()
        await hers.press("enter")
        await hers.until("the card is open", lambda: isinstance(hers.app.screen, CardScreen))
        await hers.press("escape", "escape")
        await hers.until("the other one is warned of", lambda: "names what is gone" in hers.text())
        await hers.press("j", "l")
        await hers.until("it failed", lambda: "✗ failed" in hers.text() and "one thing failed, so nothing" in hers.text())


async def test_runs_open_card(server: Running, board: Two) -> None:
    made, ada, _ = board
    await with_rule(server, board)
    async with seated(server, ada, made) as hers:
        await open_rules(hers)
        await hers.press("t", *"bravo", "enter")
        await hers.until("it is tried", lambda: "Tried on 1 card," in hers.text())
        await hers.press("enter")
        await hers.until("the card is open", lambda: isinstance(hers.app.screen, CardScreen) and "Bravo" in hers.text())


async def test_viewers_only_read(server: Running, board: Two) -> None:
    made, ada, ben = board
    await with_rule(server, board)
    await ada.client.send(boards.update_member(made.id, ben.user.id, UpdateMember(role=Role.VIEWER)))
    async with seated(server, ben, made) as his:
        await open_rules(his)
        line = his.text().splitlines()[-1]
        assert "log" in line
        assert not any(word in line for word in ("edit", "on/off", "new", "try", "delete"))
        for key in ("enter", "space", "n", "t", "d"):
            await his.press(key)
            assert isinstance(his.app.screen, RulesPage)
        await his.until("why is said", lambda: his.said("You are a viewer of this board; this needs a member."))
