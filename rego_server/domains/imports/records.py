"""Files of records: a JSON array of objects, or JSON lines with one object a line."""

from __future__ import annotations

from typing import Any, TypeVar

from rego_server.domains.imports.decoding import decode
from rego_server.domains.imports.remarks import Remarks

T = TypeVar("T")

Fields = dict[str, Any]
"""All fields of a record, also those that no struct names."""


def decode_records(content: bytes, kind: type[T], *, what: str, remarks: Remarks) -> list[tuple[T, Fields]]:
    """The records in `content`, each as a `kind` and as it stands; raises `InvalidInput` as `decode` does, naming the line."""
    lines = [(number, line) for number, line in enumerate(content.splitlines(), 1) if line.strip()]
    if not _is_one_a_line([line for _, line in lines[:2]]):
        records = decode(content, list[kind], what=what, remarks=remarks)  # type: ignore[valid-type]
        return list(zip(records, decode(content, list[Fields], what=what, remarks=Remarks()), strict=True))
    return [_of_line(line, kind, f"{what} (line {number})", remarks) for number, line in lines]


def _of_line(line: bytes, kind: type[T], what: str, remarks: Remarks) -> tuple[T, Fields]:
    return decode(line, kind, what=what, remarks=remarks), decode(line, Fields, what=what, remarks=Remarks())


def _is_one_a_line(first_lines: list[bytes]) -> bool:
    """Whether these lines begin like objects, and not like one object that is spread over lines."""
    starts = [line.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] for line in first_lines]
    return bool(starts) and all(start == b"{" for start in starts)
