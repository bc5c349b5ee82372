"""Request bodies: which texts are cleaned, which fields may be absent, and what is refused."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest

import rego.wire
from rego.wire import limits
from rego.wire.base import Command, Patch, Place, Position, Role
from rego.wire.boards import AddMember, CreateBoard
from rego.wire.cards import CreateCard, MoveCard, UpdateCard
from rego.wire.users import Register, UpdateMe

FREE_TEXT_THAT_IS_NOT_CLEANED = {
    ("Register", "password"): "a secret is never shown, and cleaning would change it",
    ("Login", "username"): "only compared",
    ("Login", "password"): "only compared",
    ("ChangePassword", "current_password"): "only compared",
    ("ChangePassword", "new_password"): "a secret is never shown, and cleaning would change it",
    ("Refresh", "refresh_token"): "only compared",
    ("ResetPassword", "token"): "only compared",
    ("ResetPassword", "password"): "a secret is never shown, and cleaning would change it",
    ("Verify", "token"): "only compared",
    ("AcceptInvitation", "token"): "only compared",
    ("Paged", "cursor"): "only decoded",
    ("ClaimCard", "q"): "only read by the parser of queries",
    ("FindCards", "q"): "only read by the parser of queries",
}

for module in pkgutil.iter_modules(rego.wire.__path__):
    importlib.import_module(f"rego.wire.{module.name}")


def every_command(kind: type[Command] = Command) -> Iterator[type[Command]]:
    for child in kind.__subclasses__():
        yield child
        yield from every_command(child)


COMMANDS = sorted(set(every_command()), key=lambda kind: kind.__name__)


def parts(kind: msgspec.inspect.Type) -> Iterator[msgspec.inspect.Type]:
    """`kind`, or the alternatives of a union, with what lists hold, without descriptions."""
    if isinstance(kind, msgspec.inspect.Metadata):
        yield from parts(kind.type)
    elif isinstance(kind, msgspec.inspect.UnionType):
        for each in kind.types:
            yield from parts(each)
    elif isinstance(kind, msgspec.inspect.ListType):
        yield from parts(kind.item_type)
    else:
        yield kind


def is_free_text(kind: msgspec.inspect.Type) -> bool:
    """Whether a text may hold characters that no pattern rules out."""
    return any(isinstance(each, msgspec.inspect.StrType) and each.pattern is None for each in parts(kind))


def is_text(kind: msgspec.inspect.Type) -> bool:
    return any(isinstance(each, msgspec.inspect.StrType) for each in parts(kind))


def fields_of(command: type[Command]) -> tuple[msgspec.inspect.Field, ...]:
    described = msgspec.inspect.type_info(command)
    assert isinstance(described, msgspec.inspect.StructType)
    return described.fields


@pytest.mark.parametrize("command", COMMANDS, ids=lambda kind: kind.__name__)
def test_every_free_text_is_cleaned(command: type[Command]) -> None:
    free = {field.name for field in fields_of(command) if is_free_text(field.type)}
    excused = {name for kind, name in FREE_TEXT_THAT_IS_NOT_CLEANED if kind in {each.__name__ for each in command.__mro__}}
    assert free - excused <= {*command.line_fields, *command.block_fields}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda kind: kind.__name__)
def test_only_texts_of_the_command_are_named_for_cleaning(command: type[Command]) -> None:
    texts = {field.name for field in fields_of(command) if is_text(field.type)}
    assert {*command.line_fields, *command.block_fields} <= texts
    assert not {*command.line_fields} & {*command.block_fields}


def test_the_exceptions_are_still_there() -> None:
    there = {(command.__name__, field.name) for command in COMMANDS for field in fields_of(command)}
    assert set(FREE_TEXT_THAT_IS_NOT_CLEANED) <= there


@pytest.mark.parametrize("command", [kind for kind in COMMANDS if issubclass(kind, Patch)], ids=lambda kind: kind.__name__)
def test_an_empty_patch_changes_nothing(command: type[Patch]) -> None:
    assert read(command, {}).changes() == {}


def read(command: type[Any], body: dict[str, Any]) -> Any:
    return msgspec.json.decode(msgspec.json.encode(body), type=command)


def refusal_of(command: type[Any], body: dict[str, Any]) -> str:
    with pytest.raises(msgspec.ValidationError) as refusal:
        read(command, body)
    return str(refusal.value)


CARD = str(uuid4())


@pytest.mark.parametrize(
    ("command", "body"),
    [
        (CreateBoard, {"title": ""}),
        (CreateBoard, {"title": "x" * (limits.TITLE_MAX + 1)}),
        (CreateBoard, {"title": "x" * 10_240}),
        (CreateBoard, {"title": " \u200f "}),
        (CreateBoard, {"title": "\x1b]0;owned\x07"}),
        (CreateBoard, {"title": 7}),
        (CreateBoard, {"title": "Ops", "owner": "me"}),
        (CreateBoard, {"title": "Ops", "key": "OPS\n"}),
        (CreateBoard, {"title": "Ops", "key": "ops"}),
        (CreateCard, {"title": "x", "column_id": f"{CARD}\n"}),
        (CreateCard, {"title": "x", "column_id": CARD.upper()}),
        (CreateCard, {"title": "x", "column_id": CARD, "due_at": "2026-03-02T12:00:00"}),
        (CreateCard, {"title": "x", "column_id": CARD, "description": "\x00"}),
        (CreateCard, {"title": "x", "column_id": CARD, "label_ids": ["bug"]}),
        (UpdateCard, {"title": None}),
        (UpdateCard, {"version": 0}),
        (MoveCard, {"after_id": CARD, "position": "top"}),
        (MoveCard, {"position": "middle"}),
        (AddMember, {"role": "member"}),
        (AddMember, {"role": "member", "username": "ada", "email": "ada@example.org"}),
        (AddMember, {"role": "emperor", "username": "ada"}),
        (Register, {"email": "ada@example.org", "username": "ada\n", "password": "long enough"}),
        (Register, {"email": "ada@example.org", "username": "a\x1b[1m", "password": "long enough"}),
        (Register, {"email": "ada@example.org\n", "username": "ada", "password": "long enough"}),
        (Register, {"email": "nonsense", "username": "ada", "password": "long enough"}),
        (Register, {"email": "ada@example.org", "username": "ada", "password": "short"}),
        (UpdateMe, {"username": "-rf"}),
    ],
)
def test_bad_bodies_are_refused_with_a_sentence(command: type[Any], body: dict[str, Any]) -> None:
    sentence = refusal_of(command, body)
    assert sentence
    assert "Traceback" not in sentence


def test_absent_null_and_a_value_are_three_things() -> None:
    patch = read(UpdateCard, {"due_at": None, "title": " New ", "version": 3})
    assert patch.changes() == {"due_at": None, "title": "New"}
    assert patch.version == 3


def test_a_patch_goes_out_with_only_what_it_names() -> None:
    assert msgspec.json.encode(UpdateCard(due_at=None)) == b'{"due_at":null}'


def test_texts_made_in_python_are_cleaned_too() -> None:
    assert CreateBoard(title=" Ops ").title == "Ops"
    with pytest.raises(ValueError, match="control character"):
        CreateBoard(title="a\nb")


@pytest.mark.parametrize("place", [{}, {"after_id": CARD}, {"before_id": CARD}, {"position": "bottom"}])
def test_a_place_is_one_thing_or_none(place: dict[str, str]) -> None:
    assert msgspec.to_builtins(read(Place, place)) == place


def test_an_end_of_an_order_reads_as_its_name() -> None:
    assert read(MoveCard, {"position": "top"}).position is Position.TOP


@pytest.mark.parametrize(
    ("role", "needed", "allowed"),
    [(Role.OWNER, Role.MEMBER, True), (Role.MEMBER, Role.MEMBER, True), (Role.VIEWER, Role.MEMBER, False)],
)
def test_each_role_includes_the_ones_below(role: Role, needed: Role, allowed: bool) -> None:
    assert role.allows(needed) is allowed
