"""The format of a file is told by what stands in it, and by nothing else."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rego.client.sniffing import FORMATS, guess_format
from rego.wire.errors import InvalidInput

DATA = Path(__file__).parents[1] / "data"
FILES = [path for path in sorted(DATA.glob("*/*.json*")) if path.parent.name in FORMATS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_is_told(path: Path) -> None:
    assert guess_format(path.read_bytes()) == path.parent.name


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"title": "Board", "columns": []}', "rego"),
        (b'\xef\xbb\xbf{"lists": [], "cards": []}', "trello"),
        (b'\n[{"uuid": "a", "description": "x"}]', "taskwarrior"),
        (b'{"uuid": "a", "description": "x"}\n{"uuid": "b", "description": "y"}', "taskwarrior"),
        (b'[{"id": "a-1", "title": "x", "status": "open"}]', "beads"),
    ],
)
def test_forms_of_the_formats(content: bytes, kind: str) -> None:
    assert guess_format(content) == kind


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"{}", b"[]", b"[1]", b'{"lists": []', b'{"data": 5}', b"\xff\xfe", b"[" * 9999]
)
def test_what_is_none_of_them_is_one_sentence(content: bytes) -> None:
    with pytest.raises(InvalidInput, match="It cannot be told what kind of file this is"):
        guess_format(content)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_told_or_refused(content: bytes) -> None:
    with suppress(InvalidInput):
        assert guess_format(content) in FORMATS
