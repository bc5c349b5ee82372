"""Makes any text fit what `rego.wire.text` and `rego.wire.limits` demand, by mending where a request would be refused."""

from __future__ import annotations

import re
import unicodedata

from rego.wire import limits
from rego.wire.text import bidi, normalised, not_in_a_block, not_in_a_line
from rego_server.domains.imports.remarks import Remarks

UNTITLED = "(untitled)"
NO_TEXT = "(no text)"

_SPELT_MAX = 8

_BLANKS_BETWEEN_LINES = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_INVISIBLE_CATEGORIES = {"Cc", "Cf", "Cs", "Mn", "Me", "Zs", "Zl", "Zp"}
_INVISIBLE_LETTERS = set("\u115f\u1160\u2800\u3164\uffa0")
_NOT_IN_A_USERNAME = re.compile("[^A-Za-z0-9_.-]+")


class Texts:
    """Mends texts and remarks what it did. `where` is what the remark gives as an example."""

    def __init__(self, remarks: Remarks) -> None:
        self._remarks = remarks

    def line(self, value: str, where: str = "") -> str:
        """`value` as one printable line of any length, perhaps empty."""
        if value.isascii() and value.isprintable():
            return value.strip()
        joined = _BLANKS_BETWEEN_LINES.sub(" ", value.strip())
        printable = not_in_a_line().sub("", joined)
        plain = bidi().sub("", printable)
        cleaned = normalised(plain).strip()
        where = where or cleaned or _code_points(value)
        self._remark(joined != value.strip(), "line breaks and tabs in titles became spaces", "a title is one line", where)
        self._remark(printable != joined, *_CONTROLS, where)
        self._remark(plain != printable, "invisible direction marks removed from titles", "they can disguise a text", where)
        return cleaned

    def name(self, value: str, maximum: int, where: str) -> str:
        """`value` as a line of at most `maximum` characters; empty when nothing of it can be seen."""
        line = self.line(value, where)
        if not is_visible(line):
            return ""
        self._remark(len(line) > maximum, "names cut", f"a name has at most {maximum} characters", where or line)
        return cut_line(line, maximum)

    def title(self, value: str, where: str = "") -> tuple[str, str | None]:
        """`value` as a title that can be seen, and the whole line where the title had to be cut."""
        line = self.line(value, where)
        if not is_visible(line):
            self._remark(
                True, f"empty or invisible titles became {UNTITLED}", "a title must be visible", where or _code_points(value)
            )
            return UNTITLED, None
        if len(line) <= limits.TITLE_MAX:
            return line, None
        title = cut_line(line, limits.TITLE_MAX)
        self._remark(True, "long titles cut", f"a title has at most {limits.TITLE_MAX} characters", where or title)
        return title, line

    def block(self, value: str, maximum: int, where: str) -> str:
        """`value` as printable text of several lines and at most `maximum` characters."""
        unified = value.replace("\r\n", "\n").replace("\r", "\n")
        printable = not_in_a_block().sub("", unified)
        self._remark(printable != unified, *_CONTROLS, where)
        cleaned = normalised(printable)
        self._remark(len(cleaned) > maximum, "long texts cut", f"this text has at most {maximum:,} characters", where)
        return _cut_block(cleaned, maximum)

    def comment(self, value: str, where: str) -> str:
        """`value` as the text of a comment, which is never empty."""
        text = self.block(value, limits.COMMENT_MAX, where)
        if is_visible(text):
            return text
        self._remark(True, f"empty comments became {NO_TEXT}", "a comment must say something", where)
        return NO_TEXT

    def username(self, value: str, name: str, taken: Usernames) -> str:
        """A valid username from `value`, or else from `name`, that is not yet `taken`."""
        username = taken.claim(_username(value) or _username(name) or "member")
        where = self.line(name) or username
        self._remark(username != value, "usernames changed", "they must be unique ASCII words of 2 to 32 characters", where)
        return username

    def _remark(self, needed: bool, what: str, why: str, where: str) -> None:
        if needed:
            self._remarks.note(what, why, where=where)


_CONTROLS = ("control characters removed", "terminals would obey them")


class Usernames:
    """Usernames that are in use; letters differ only by more than their case."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def claim(self, wanted: str) -> str:
        """`wanted`, or with the first free number at its end."""
        candidate = wanted
        while candidate.lower() in self._next:
            number = self._next[wanted.lower()]
            self._next[wanted.lower()] += 1
            suffix = f"-{number}"
            candidate = wanted[: limits.USERNAME_MAX - len(suffix)] + suffix
        self._next[candidate.lower()] = 2
        return candidate


def is_visible(text: str) -> bool:
    """Whether at least one character of `text` puts ink on a screen."""
    return any(
        unicodedata.category(character) not in _INVISIBLE_CATEGORIES and character not in _INVISIBLE_LETTERS
        for character in text
    )


def cut_line(line: str, maximum: int) -> str:
    """`line`, ending in an ellipsis where it was longer than `maximum`."""
    return line if len(line) <= maximum else line[: maximum - 1].rstrip() + "…"


def _code_points(text: str) -> str:
    """`text` spelt out (`U+200E`), for characters that show nothing."""
    return " ".join(f"U+{ord(character):04X}" for character in text[:_SPELT_MAX])


def _cut_block(text: str, maximum: int) -> str:
    if len(text) <= maximum:
        return text
    note = f"\n\n(cut: the whole text had {len(text):,} characters)"
    return text[: maximum - len(note)] + note


def _username(value: str) -> str:
    """The ASCII letters, digits and `_.-` of `value`; empty when too few are left for a username."""
    ascii_only = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    word = _NOT_IN_A_USERNAME.sub("-", ascii_only.strip()).lstrip("_.-")[: limits.USERNAME_MAX].rstrip("-")
    return word if len(word) >= limits.USERNAME_MIN else ""
