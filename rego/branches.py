"""Names of git branches for cards. Pure."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60
"""Characters of a branch name, so that it can still be read and typed."""


def branch_name(ref: str, title: str) -> str:
    """Reference and title in small letters, digits and hyphens: a name that git and shells take as it is."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = [ref.lower(), *re.findall("[a-z0-9]+", plain)]
    name: str = words[0]
    for word in words[1:]:
        if len(name) + 1 + len(word) > LONGEST:
            break
        name += f"-{word}"
    return name
