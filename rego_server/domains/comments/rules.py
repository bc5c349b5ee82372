"""Whom a text mentions. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
"""Markdown's code, fenced or in a line: an `@` in it is a decorator or an address, and means nobody."""

_MENTION = re.compile(r"(?<![\w@/.-])@([A-Za-z0-9][A-Za-z0-9_.-]*)")
_PUNCTUATION = "._-"


def names_in(text: str) -> list[str]:
    """What stands behind an `@` in a Markdown text, in order and in lower case; not all of it need be anybody's name."""
    return list(dict.fromkeys(name.lower() for name in _MENTION.findall(_CODE.sub(" ", text))))


def mentioned(names: list[str], members: Mapping[str, str]) -> list[str]:
    """The ids of those whom `names` mean; `members` holds ids by username in lower case.

    A name may end in a dot, but so does a sentence: `@mel.` is mel unless somebody is called `mel.`.
    """
    found = (_known(name, members) for name in names)
    return list(dict.fromkeys(members[name] for name in found if name is not None))


def _known(name: str, members: Mapping[str, str]) -> str | None:
    while name and name not in members:
        shorter = name.rstrip(_PUNCTUATION)
        name = name[:-1] if len(shorter) < len(name) else ""
    return name or None
