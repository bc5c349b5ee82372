"""Texts that come in are fit for a terminal, or refused with a sentence."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rego.wire.errors import InvalidInput
from rego.wire.text import BIDI_CONTROLS, clean_block, clean_line

ANY_TEXT = st.text(st.characters())
HOSTILE_TO_A_LINE = [
    "\x00",
    "\x07",
    "\x1b]0;owned\x07",
    "a\nb",
    "a\tb",
    "a\rb",
    "\x7f",
    "\x9b31m",
    "\u2028",
    "\u2029",
    "\ud800",
]
HOSTILE_TO_A_BLOCK = ["\x00", "\x1b[2J", "\x08", "\x0b", "\x0c", "\x7f", "\x9d0;owned\x9c", "\udfff"]


@pytest.mark.parametrize("text", HOSTILE_TO_A_LINE, ids=ascii)
def test_a_line_with_a_control_character_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="control character") as refusal:
        clean_line(text, field="title")
    assert refusal.value.field == "title"


@pytest.mark.parametrize("text", HOSTILE_TO_A_BLOCK, ids=ascii)
def test_a_block_with_a_control_character_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="control character") as refusal:
        clean_block(text, field="description")
    assert refusal.value.field == "description"


def test_the_sentence_says_which_character_and_where() -> None:
    with pytest.raises(InvalidInput) as refusal:
        clean_line("ab\x1b[31m", field="title")
    assert refusal.value.detail == "title holds the control character U+001B at position 3; remove it."


@pytest.mark.parametrize("text", [" ", "\u00a0", "\u200e", " \u202e "], ids=ascii)
def test_a_line_of_nothing_visible_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        clean_line(text, field="title")


def test_an_empty_line_is_for_the_length_check_to_judge() -> None:
    assert clean_line("", field="name") == ""


@pytest.mark.parametrize("control", BIDI_CONTROLS, ids=ascii)
def test_bidirectional_controls_leave_a_line(control: str) -> None:
    assert clean_line(f"pay{control}load", field="title") == "payload"


def test_a_line_loses_the_blanks_at_its_ends_only() -> None:
    assert clean_line("  two  words ", field="title") == "two  words"


def test_a_block_keeps_its_shape_and_gets_one_kind_of_line_end() -> None:
    assert clean_block("a\r\n\tb\rc\n\n ", field="description") == "a\n\tb\nc\n\n "


@pytest.mark.parametrize("clean", [clean_line, clean_block])
def test_composed_and_decomposed_letters_become_the_same(clean: object) -> None:
    assert callable(clean)
    assert clean("Cafe\u0301", field="title") == clean("Caf\u00e9", field="title") == "Caf\u00e9"


@pytest.mark.parametrize("text", ["[/]", "[bold]loud[/bold]", "$(reboot)", "👩‍💻", "שלום", "日本語", "e\u0301" * 3])
def test_markup_and_every_script_are_just_text(text: str) -> None:
    assert clean_line(text, field="title") == unicodedata.normalize("NFC", text)


@given(ANY_TEXT)
def test_a_clean_line_holds_nothing_that_steers_a_terminal(text: str) -> None:
    try:
        cleaned = clean_line(text, field="title")
    except InvalidInput:
        return
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in cleaned)
    assert not set(cleaned) & set(BIDI_CONTROLS)
    assert cleaned == cleaned.strip()


@given(ANY_TEXT)
def test_a_clean_block_holds_no_control_but_newline_and_tab(text: str) -> None:
    try:
        cleaned = clean_block(text, field="description")
    except InvalidInput:
        return
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in cleaned if character not in "\n\t")


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once_and_never_lengthens(text: str) -> None:
    for clean in (clean_line, clean_block):
        try:
            cleaned = clean(text, field="title")
        except InvalidInput:
            continue
        assert clean(cleaned, field="title") == cleaned
        assert len(cleaned) <= len(text)


def test_a_letter_that_normalising_would_lengthen_stays() -> None:
    assert clean_line("\u0958" * 512, field="title") == "\u0958" * 512
