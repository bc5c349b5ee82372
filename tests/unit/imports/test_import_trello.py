"""A Trello export arrives whole: each peculiarity of ten years of exports, on small boards."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rego.wire.columns import Color
from rego.wire.imports import Plan, PlannedCard, Remark, Report
from rego_server.domains.imports import trello
from tests.unit.imports.plan_check import check, check_report

DATA = Path(__file__).parents[2] / "data" / "trello"


def read_file(name: str) -> tuple[Plan, Report]:
    return trello.read((DATA / name).read_bytes())


def read_board(**board: Any) -> tuple[Plan, Report]:
    return trello.read(msgspec.json.encode({"name": "Board", "lists": [], "cards": [], **board}))


def card_named(plan: Plan, title: str) -> PlannedCard:
    return next(card for card in plan.cards if card.title == title)


def remark_of(report: Report, what: str) -> Remark:
    return next(remark for remark in report.remarks if remark.what == what)


@pytest.fixture(scope="module")
def complete() -> tuple[Plan, Report]:
    return read_file("complete.json")


@pytest.fixture(scope="module")
def plan(complete: tuple[Plan, Report]) -> Plan:
    return complete[0]


@pytest.fixture(scope="module")
def report(complete: tuple[Plan, Report]) -> Report:
    return complete[1]


@pytest.mark.parametrize("path", sorted(DATA.glob("*.json")), ids=lambda path: path.stem)
def test_every_file_makes_a_plan_within_all_limits(path: Path) -> None:
    plan, report = trello.read(path.read_bytes())
    check(plan)
    check_report(report)


def test_lists_stand_by_position_and_equals_as_in_the_file(plan: Plan) -> None:
    assert [column.title for column in plan.columns] == [
        "Ideas 🤔",
        "Equal, first in the file",
        "Equal, second in the file",
        "Old",
        "Done",
        "Last",
        "(no column)",
    ]


def test_list_settings_arrive(plan: Plan) -> None:
    ideas, *_ = plan.columns
    assert (ideas.wip_limit, ideas.color) == (4, Color.SKY)
    assert [column.title for column in plan.columns if column.archived] == ["Old"]


def test_cards_stand_list_by_list_by_position(plan: Plan) -> None:
    assert [card.title for card in plan.cards] == [
        "Measure the quay",
        "Order rope",
        "Paint the crane",
        "Open card in an archived list",
        "(untitled)",
        "---",
        "Same number as its neighbour",
        "Two lines and ]0;a title",
        "(untitled)",
    ]


def test_card_fields_arrive(plan: Plan) -> None:
    card = card_named(plan, "Paint the crane")
    assert card.number == 1
    assert card.due_at == datetime(2024, 5, 2, 10, tzinfo=UTC)
    assert card.start_at == datetime(2024, 5, 1, 8, tzinfo=UTC)
    assert card.completed
    assert not card.archived
    assert card_named(plan, "Order rope").archived
    assert not card_named(plan, "Open card in an archived list").archived


def test_the_first_card_keeps_a_number_that_two_have(plan: Plan, report: Report) -> None:
    assert card_named(plan, "---").number == 6
    assert card_named(plan, "Same number as its neighbour").number == 9
    assert remark_of(report, "card numbers changed").count == 1


def test_a_card_is_as_old_as_its_id_says() -> None:
    assert trello.created_at("5a33ad61a0583c44d0780f29") == datetime(2017, 12, 15, 11, 9, 21, tzinfo=UTC)
    assert trello.created_at("not an id") is None
    assert trello.created_at("zzzzzzzza0583c44d0780f29") is None


def test_labels_without_a_name_or_a_colour_of_ours_arrive(plan: Plan, report: Report) -> None:
    assert [(label.name, label.color) for label in plan.labels] == [
        ("Bug", Color.RED),
        ("", Color.GREEN),
        ("Someday", Color.GRAY),
        ("Blocked", Color.GRAY),
    ]
    assert remark_of(report, "label colours replaced by the nearest").where == "none → gray"
    assert card_named(plan, "Paint the crane").labels == [plan.labels[0].key, plan.labels[1].key]


@pytest.mark.parametrize("color", ["lime_dark", "lime_light", "lime"])
def test_a_shade_becomes_its_colour(color: str) -> None:
    plan, _ = read_board(labels=[{"id": "1", "name": "x", "color": color}])
    assert plan.labels[0].color is Color.LIME


def test_labels_of_old_exports_are_found_on_the_cards() -> None:
    plan, report = read_file("labels-on-cards.json")
    assert [(label.name, label.color) for label in plan.labels] == [("Client", Color.GREEN), ("Server", Color.YELLOW)]
    client, server = (label.key for label in plan.labels)
    assert [card.labels for card in plan.cards] == [[client, server], [client]]
    assert report.tallies["label uses"].imported == 3
    assert remark_of(report, "labels taken from the cards").count == 2


def test_label_ids_without_their_label_are_remarked() -> None:
    plan, report = read_board(lists=[{"id": "l"}], cards=[{"idList": "l", "name": "Card", "idLabels": ["gone"]}])
    assert plan.cards[0].labels == []
    assert (report.tallies["label uses"].found, report.tallies["label uses"].imported) == (1, 0)
    assert remark_of(report, "references to unknown labels dropped").where == "Card"


def test_checklists_and_items_arrive_in_order(plan: Plan) -> None:
    first, second = card_named(plan, "Paint the crane").checklists
    assert (first.title, second.title, second.items) == ("First", "Second", [])
    ladder, brush = first.items
    assert (ladder.text, ladder.done, ladder.assignee, ladder.due_at) == ("Ladder", True, None, None)
    assert (brush.text, brush.done, brush.due_at) == ("Brush", False, datetime(2024, 5, 1, 12, tzinfo=UTC))
    assert brush.assignee == next(person.key for person in plan.people if person.username == "bo_lind")


def test_checklists_inside_their_cards_arrive_once() -> None:
    checklist = {"id": "k", "idCard": "c", "name": "List", "checkItems": [{"name": "Item"}]}
    inside = {"id": "m", "name": "Inside only"}
    card = {"id": "c", "idList": "l", "name": "Card", "checklists": [checklist, inside]}
    plan, report = read_board(lists=[{"id": "l"}], cards=[card], checklists=[checklist])
    assert [checklist.title for checklist in plan.cards[0].checklists] == ["List", "Inside only"]
    assert report.tallies["checklists"].found == 2


def test_comments_arrive_oldest_first_with_author_and_time(plan: Plan) -> None:
    names = {person.key: person.username for person in plan.people}
    comments = card_named(plan, "Paint the crane").comments
    assert [(comment.text, names[comment.author or ""]) for comment in comments] == [
        ("Oldest\non two lines", "bo_lind"),
        ("Edited", "ann"),
        ("Newest, by a former member", "cleo"),
    ]
    assert comments[0].at == datetime(2024, 5, 1, 9, tzinfo=UTC)


def test_comments_without_zone_or_time_are_ordered_too() -> None:
    dates = ["2024-01-02T00:00:00", "2024-01-01T00:00:00Z", None, "0001-01-01T00:00:00+14:00"]
    actions = [{"type": "commentCard", "date": date, "data": {"text": f"at {date}", "card": {"id": "c"}}} for date in dates]
    plan, _ = read_board(lists=[{"id": "l"}], cards=[{"id": "c", "idList": "l"}], actions=actions)
    check(plan)
    assert [comment.text for comment in plan.cards[0].comments][-2:] == ["at 2024-01-01T00:00:00Z", "at 2024-01-02T00:00:00"]


def test_what_hangs_on_deleted_cards_is_counted_and_remarked(report: Report) -> None:
    assert (report.tallies["comments"].found, report.tallies["comments"].imported) == (4, 3)
    assert (report.tallies["checklists"].found, report.tallies["checklists"].imported) == (3, 2)
    assert remark_of(report, "comments left out").count == 1
    assert remark_of(report, "checklists left out").count == 1


def test_former_members_come_in_where_they_are_needed(plan: Plan, report: Report) -> None:
    assert [(person.username, person.name) for person in plan.people] == [
        ("ann", "Ann Árnadóttir"),
        ("bo_lind", "Bo Lind"),
        ("former-member", "Former member"),
        ("cleo", "Cleo Marsh"),
    ]
    assert report.tallies["members"].imported == 2
    assert report.tallies["former members"].imported == 2
    assert len(card_named(plan, "Paint the crane").assignees) == 2


def test_attachments_end_the_description_as_links(plan: Plan, report: Report) -> None:
    assert card_named(plan, "Paint the crane").description == (
        "Two coats.\nThen **dry**.\n\n## Attachments\n\n"
        "- plan.pdf: <https://files.example/plan%20(1).pdf>\n- <https://example.org/>\n- trap\n- Unnamed file"
    )
    assert (report.tallies["attachments"].found, report.tallies["attachments"].imported) == (4, 0)
    assert remark_of(report, "attachments kept as links in the description").count == 4


def test_custom_fields_end_the_description_as_text(plan: Plan) -> None:
    assert card_named(plan, "Measure the quay").description == (
        "## Custom fields\n\n"
        "- Ready: yes\n- Until: 2024-06-01T10:00:00.000Z\n- Size: large\n- Points: 2.5\n- Note: mind the tide"
    )


@pytest.mark.parametrize(
    ("what", "count"),
    [
        ("custom field values kept as text in the description", 5),
        ("card covers left out", 2),
        ("stickers left out", 1),
        ("votes left out", 2),
        ("locations left out", 1),
        ("Power-Up data left out", 1),
        ("card templates imported as cards", 1),
        ("the board was closed in Trello", 1),
        ("comments that the cards count but the file does not hold", 1),
        ("dates dropped", 1),
        ("empty or invisible titles became (untitled)", 2),
        ("cards put into a column of their own, (no column)", 1),
    ],
)
def test_what_cannot_come_in_is_remarked(report: Report, what: str, count: int) -> None:
    assert remark_of(report, what).count == count


def test_a_full_list_of_actions_explains_missing_comments() -> None:
    actions = [{"type": "updateCard"}] * trello.ACTIONS_MAX
    _, report = read_board(cards=[{"badges": {"comments": 2}}], actions=actions)
    remark = remark_of(report, "comments that the cards count but the file does not hold")
    assert (remark.count, remark.why) == (2, "Trello exports only the newest 1,000 actions of a board")


def test_the_tallies_of_real_exports() -> None:
    _, report = read_file("trello-simple-project-board.json")
    assert {kind: tally.found for kind, tally in report.tallies.items()} == {
        "lists": 5,
        "lists (archived)": 1,
        "cards": 10,
        "cards (archived)": 1,
        "labels": 8,
        "label uses": 4,
        "checklists": 4,
        "items": 12,
        "items (done)": 7,
        "comments": 4,
        "attachments": 5,
        "due dates": 0,
        "members": 1,
        "former members": 1,
        "custom fields": 0,
    }
    _, report = read_file("trello-project100.json")
    assert report.tallies["custom fields"].found == 5
    assert (report.tallies["lists"].imported, report.tallies["cards"].imported) == (3, 3)


def test_a_board_with_nothing_but_lists_and_cards_is_enough() -> None:
    plan, report = trello.read(b'{"lists": [{}], "cards": [{}]}')
    assert (plan.title, [card.title for card in plan.cards]) == ("(untitled)", ["(untitled)"])
    assert plan.cards[0].column == plan.columns[0].key
    check(plan)
    check_report(report)
