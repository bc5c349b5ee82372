"""The query language, from text to terms: `assignee:me label:bug due<3d (priority>=high or -has:due) sort:-due`.

A parser by recursive descent; `rego.wire.query_terms` says what comes out, `docs/reference/query.md` what it means.

    either   = together { "or" together }
    together = { factor [ "and" ] }
    factor   = "-" factor | "(" either ")" | quoted | field op value | word
"""

from __future__ import annotations

import re
import unicodedata

from rego.wire import limits
from rego.wire.query_fields import FIELDS, Value, cut, listed, read_field, read_sort, wrong
from rego.wire.query_terms import And, Node, Not, Op, Or, Query, Sort, SortField, Word
from rego.wire.text import not_in_a_line

_BLANKS = re.compile(r"\s*")
_BARE = re.compile(r'[^\s()"]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_FIELD = re.compile(r"([A-Za-z]+)(<=|>=|[:=<>])")
_OR, _AND = (re.compile(rf'{word}(?=[\s()"]|$)', re.IGNORECASE) for word in ("or", "and"))
_CLOSE = re.compile(r"\)")


def parse(text: str) -> Query:
    """The query that `text` writes; an empty one fits every card.

    Raises `InvalidInput` with a sentence that says what would be right; `data["position"]` is the offset in `text`, from 0, of
    what is wrong, and the sentence counts characters from 1.
    """
    if len(text) > limits.QUERY_MAX:
        raise wrong(f"a query has at most {limits.QUERY_MAX} characters; leave something out.", limits.QUERY_MAX)
    if control := not_in_a_line().search(text.replace("\t", " ").replace("\n", " ").replace("\r", " ")):
        raise wrong(f"the control character U+{ord(control[0]):04X} cannot be in a query; remove it.", control.start())
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._terms = 0
        self._sorts: dict[SortField, Sort] = {}

    def query(self) -> Query:
        where = self._either(0)
        if self._at < len(self._text):
            raise wrong("this bracket was never opened; remove it, or put it in quotes.", self._at)
        return Query(where, tuple(self._sorts.values()))

    def _either(self, depth: int) -> Node | None:
        sides = [self._together(depth)]
        while (at := self._take(_OR)) is not None:
            sides.append(self._together(depth))
            if None in sides:
                raise wrong("'or' stands between two terms, as in (a or b); quote it to look for the word.", at)
        filled = tuple(side for side in sides if side is not None)
        return Or(filled) if len(filled) > 1 else sides[0]

    def _together(self, depth: int) -> Node | None:
        nodes: list[Node] = []
        while not self._group_ends():
            if (at := self._take(_AND)) is not None:
                if not nodes or self._group_ends():
                    raise wrong("'and' stands between two terms; quote it to look for the word.", at)
            elif (node := self._factor(depth)) is not None:
                nodes.append(node)
        return And(tuple(nodes)) if len(nodes) > 1 else nodes[0] if nodes else None

    def _factor(self, depth: int) -> Node | None:
        """One factor at a character that is no blank; None for a `sort:`, which is kept aside."""
        at = self._at
        if depth > limits.QUERY_DEPTH_MAX:
            raise wrong(f"brackets and minuses nest at most {limits.QUERY_DEPTH_MAX} deep.", at)
        if self._text[at] == "(":
            self._at += 1
            return self._group(at, depth + 1)
        if self._text[at] == "-":
            self._at += 1
            if self._at == len(self._text) or self._text[self._at] == ")" or self._text[self._at].isspace():
                raise wrong("a minus stands right before what it negates, as in -label:bug; quote it to look for it.", at)
            node = self._factor(depth + 1)
            assert node is not None
            return Not(node)
        return self._term(depth)

    def _group(self, at: int, depth: int) -> Node:
        inside = self._either(depth)
        if self._take(_CLOSE) is None:
            raise wrong("this bracket is never closed; add a ')'.", at)
        if inside is None:
            raise wrong("these brackets are empty; put a term between them, or quote them.", at)
        return inside

    def _term(self, depth: int) -> Node | None:
        at = self._at
        self._terms += 1
        if self._terms > limits.QUERY_TERMS_MAX:
            raise wrong(f"a query has at most {limits.QUERY_TERMS_MAX} terms; leave something out.", at)
        if self._text[at] != '"' and (field := _FIELD.match(self._text, at)):
            return self._field_term(field, depth)
        return Word(self._value_at(at)[0])

    def _field_term(self, found: re.Match[str], depth: int) -> Node | None:
        name, at = found[1].lower(), found.start()
        if name not in FIELDS:
            raise wrong(f"there is no field {cut(found[1])}; there are {listed(FIELDS)}. Quote it to look for text.", at)
        self._at = found.end()
        is_quoted = self._text.startswith('"', self._at)
        if not is_quoted and not _BARE.match(self._text, self._at):
            raise wrong(f"{name} needs a value right behind it, such as {FIELDS[name]}.", self._at)
        text, start = self._value_at(self._at)
        value = Value(name, Op(":" if found[2] == "=" else found[2]), found.end(1), text, start, is_quoted)
        if name != "sort":
            return read_field(value)
        if depth:
            raise wrong("sort: orders the whole list; take it out of the brackets, and turn it round with sort:-due.", at)
        sort = read_sort(value)
        self._sorts.setdefault(sort.field, sort)
        return None

    def _value_at(self, at: int) -> tuple[str, int]:
        """The text at `at`, in quotes or bare, and where it begins."""
        if self._text[at] != '"':
            found = _BARE.match(self._text, at)
            assert found is not None
            text = found[0]
        elif found := _QUOTED.match(self._text, at):
            text = _ESCAPE.sub(r"\1", found[1])
            if not text.strip():
                raise wrong("these quotes are empty; put the text between them.", at)
        else:
            raise wrong("this quote is never closed; add a '\"'.", at)
        self._at = found.end()
        normal = unicodedata.normalize("NFC", text)
        return (normal if len(normal) <= len(text) else text), at

    def _group_ends(self) -> bool:
        """Skip blanks; whether nothing more comes here but an `or`, a `)` or the end."""
        self._at = _BLANKS.match(self._text, self._at).end()  # type: ignore[union-attr]
        return self._at == len(self._text) or self._text[self._at] == ")" or _OR.match(self._text, self._at) is not None

    def _take(self, pattern: re.Pattern[str]) -> int | None:
        """Step over what `pattern` finds here; returns where it began."""
        if (found := pattern.match(self._text, self._at)) is None:
            return None
        self._at = found.end()
        return found.start()
