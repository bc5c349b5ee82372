"""From rows to the parts of a plan: names are told apart as an import would, and equal boards make equal keys."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rego.wire.base import Role
from rego_server.domains.exports.planning import planned_people
from rego_server.domains.imports.cleaning import split_name

name_parts = st.text(st.sampled_from("ab é"), max_size=6).map(str.strip)


def person(id_: str, username: str, role: str | None = None, firstname: str = "", lastname: str = "") -> dict[str, Any]:
    return {"id": id_, "username": username, "role": role, "firstname": firstname, "lastname": lastname}


def test_people_stand_by_username_and_only_the_first_keeps_it() -> None:
    rows = [person("1", "bo"), person("2", "ann"), person("3", "ann", Role.OWNER), person("4", "ann-1", Role.VIEWER)]
    keys, people = planned_people(rows)
    assert [(each.key, each.username, each.role) for each in people] == [
        ("p1", "ann", Role.OWNER),
        ("p2", "ann-1", Role.VIEWER),
        ("p3", "ann-2", None),
        ("p4", "bo", None),
    ]
    assert keys == {"3": "p1", "4": "p2", "2": "p3", "1": "p4"}


@given(name_parts, name_parts)
def test_both_names_come_back(firstname: str, lastname: str) -> None:
    _, (planned,) = planned_people([person("1", "ann", None, firstname, lastname)])
    assert split_name(planned.name, planned.lastname) == (firstname, lastname)
