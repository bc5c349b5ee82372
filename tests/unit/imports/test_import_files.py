"""Whatever the bytes, an import answers with a plan within the limits or with one sentence."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rego.wire.errors import InvalidInput
from rego.wire.imports import ImportFormat
from rego_server.domains.imports import formats
from tests.unit.imports.plan_check import check, check_report

DATA = Path(__file__).parents[2] / "data"
COMPLETE = (DATA / "trello" / "complete.json").read_bytes()
KANBAN = (DATA / "kanban-cli" / "complete.json").read_bytes()
TASKWARRIOR = (DATA / "taskwarrior" / "complete.json").read_bytes()
BEADS = (DATA / "beads" / "complete.jsonl").read_bytes()
ISSUES = b"[" + b",".join(line for line in BEADS.splitlines() if line) + b"]"
DEMO = files("rego").joinpath("demo", "board.json").read_bytes()
SIZE = len(COMPLETE.rstrip())
WORDS = sorted(
    {word for content in (COMPLETE, KANBAN, TASKWARRIOR, BEADS) for word in content.decode().split('"') if word.isidentifier()}
    | {"title", "people", "column", "key", "lastname", "role", "created_by", "last_number"}
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(), inner, max_size=6),
    max_leaves=30,
)


def sentence_for(content: bytes, name: str = "trello") -> str:
    with pytest.raises(InvalidInput) as caught:
        formats.read(name, content)
    check_sentence(caught.value)
    return caught.value.detail


def check_sentence(error: InvalidInput) -> None:
    assert error.detail.isprintable()
    assert error.detail.endswith(".")
    assert len(error.detail) < 300


def read_or_refuse(name: str, content: bytes) -> None:
    try:
        plan, report = formats.read(name, content)
    except InvalidInput as error:
        check_sentence(error)
    else:
        check(plan)
        check_report(report)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty, so it is no Trello board export."),
        (b" \n", "The file is empty, so it is no Trello board export."),
        (b"{", "The Trello board export is cut off: it ends in the middle of its JSON, after byte 1; export it again."),
        (b"hello", "This is no Trello board export: JSON is malformed: invalid character (byte 0)."),
        (b"[]", "This is no Trello board export: its top level should be of type object, not array."),
        (b"{}", "This is no Trello board export: it has no lists and no cards."),
        (b'{"lists": [], "cards": null}', "This is no Trello board export: it has no cards."),
        (b'{"lists": 5}', "This is no Trello board export: $.lists should be of type array or null, not int."),
        (
            b'{"lists": [{"name": {}}]}',
            "This is no Trello board export: $.lists[0].name should be of type str or null, not object.",
        ),
        (b"\xff\xfe{\x00}\x00", "This is no Trello board export: byte 0 is not UTF-8 text."),
        (b'{"name": "\xe9"}', "This is no Trello board export: byte 10 is not UTF-8 text."),
        (b'{"cards": NaN}', "This is no Trello board export: JSON is malformed: invalid character (byte 10)."),
        (b'{"x": ' + b"[" * 100_000, "This is no Trello board export: its JSON is nested too deeply."),
        (
            b'{"desc": ' + b'{"a":' * 100_000,
            "This is no Trello board export: $.desc should be of type str or null, not object.",
        ),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else "",
)
def test_what_is_no_export_gets_one_sentence(content: bytes, sentence: str) -> None:
    assert sentence_for(content) == sentence


@pytest.mark.parametrize(
    "content",
    [
        b'{"lists": [], "cards": [{"pos": 1e999}]}',
        b'{"lists": [], "cards": [{"pos": ' + b"9" * 5_000 + b"}]}",
        b'{"lists": [], "cards": [{"idShort": ' + b"9" * 5_000 + b"}]}",
        b'{"lists": [], "cards": [{"idShort": ' + b"9" * 400 + b"}]}",
        b'{"lists": [], "cards": [{"pos": -0.0, "due": "9999-12-31T23:59:59-14:00"}]}',
        b'{"lists": [], "cards": [{"id": "ffffffffffffffffffffffff", "start": "0001-01-01"}]}',
        b'{"lists": [], "cards": [{"attachments": [{"url": "http://[broken"}]}]}',
        b'{"lists": [], "cards": [{"customFieldItems": [{"value": {"text": ' + b"[" * 150 + b"]" * 150 + b"}}]}]}",
    ],
)
def test_absurd_values_are_read_or_refused(content: bytes) -> None:
    read_or_refuse("trello", content)


@settings(deadline=None)
@given(st.integers(0, SIZE - 1))
def test_a_file_cut_anywhere_is_refused(size: int) -> None:
    assert "cut off" in sentence_for(COMPLETE[:size]) or size == 0


def test_every_format_of_the_contract_can_be_read() -> None:
    assert set(formats.FORMATS) == set(ImportFormat)


@pytest.mark.parametrize("name", sorted(formats.FORMATS))
@settings(deadline=None)
@given(json_values)
def test_any_json_is_read_or_refused(name: str, value: Any) -> None:
    read_or_refuse(name, json.dumps(value).encode())


@pytest.mark.parametrize("name", sorted(formats.FORMATS))
@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_read_or_refused(name: str, content: bytes) -> None:
    read_or_refuse(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [("trello", COMPLETE), ("rego", DEMO), ("kanban-cli", KANBAN), ("taskwarrior", TASKWARRIOR), ("beads", ISSUES)],
    ids=lambda value: value if isinstance(value, str) else "",
)
@settings(deadline=None)
@given(st.data())
def test_a_file_with_any_value_put_anywhere_is_read_or_refused(name: str, content: bytes, data: st.DataObject) -> None:
    board = json.loads(content)
    part = board
    while isinstance(part, dict | list) and part:
        key = data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
        if not isinstance(part[key], dict | list) or data.draw(st.booleans()):
            part[key] = data.draw(json_values)
            break
        part = part[key]
    read_or_refuse(name, json.dumps(board).encode())


@pytest.mark.parametrize(
    ("escaped", "title", "broken"),
    [
        (r"\ud83d\ude00 \ud83d \ude00", "😀 � �", 2),
        (r"\ud83d\ud83d\ude00\ude00", "�😀�", 2),
        (r"\n\ud83d\\ud83d\\\ude00", r"�\ud83d\�", 2),
    ],
)
def test_half_surrogate_pairs_are_mended_and_remarked(escaped: str, title: str, broken: int) -> None:
    plan, report = formats.read("trello", f'{{"name": "{escaped}", "lists": [], "cards": []}}'.encode())
    assert plan.title == title
    assert [(remark.what, remark.count) for remark in report.remarks] == [("broken characters replaced by U+FFFD", broken)]


def test_a_byte_order_mark_does_no_harm() -> None:
    assert formats.read("trello", b"\xef\xbb\xbf" + COMPLETE) == formats.read("trello", COMPLETE)


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(InvalidInput) as caught:
        formats.read("jira", COMPLETE)
    assert caught.value.detail == "This import format is unknown; known are rego, trello, kanban-cli, taskwarrior, beads."
    assert caught.value.field == "format"
