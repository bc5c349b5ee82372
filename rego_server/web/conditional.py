"""Conditional requests (RFC 9110, section 13): entity tags, answers that say "as you have it", and `If-Match`.

A tag is `"<version>-<digest of the answer>"`. The digest makes it strong: counts, labels and ranks move without the version,
and a board shows each reader their own role. `If-Match` compares the version alone, because that is what a writer has read
and would overwrite; so `"7"` says the same as the whole tag of version 7.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

import msgspec
from aiohttp import web
from msgspec import Struct

from rego.wire.base import Entity
from rego.wire.errors import InvalidInput, PreconditionFailed, StaleVersion

CAREFUL: Mapping[str, str] = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
"""What stands beside every tag: keep the answer for this caller, and ask before using it."""

_LISTED = re.compile(r'(?:W/)?("[^"]*")')
_VERSION = re.compile(r'(?:W/)?"([1-9][0-9]{0,9})(?:-[0-9a-f]+)?"')


def is_entity(kind: object) -> bool:
    """Whether answers of `kind` have a version, and so a tag."""
    return isinstance(kind, type) and issubclass(kind, Entity)


def tag_of(answer: object, body: bytes) -> str:
    """The entity tag of an answer that is or holds an encoded entity."""
    version = answer.version if isinstance(answer, Entity) else msgspec.json.decode(body, type=_Versioned).version
    return f'"{version}-{hashlib.blake2b(body, digest_size=8).hexdigest()}"'


def is_known(http: web.Request, tag: str) -> bool:
    """Whether the client says that it has the answer with this tag."""
    known = http.headers.get("If-None-Match", "")
    return known.strip() == "*" or tag in _LISTED.findall(known)


def expected_version(http: web.Request, *, compares: bool) -> int | None:
    """The version in `If-Match`; None without one, and for `*`, which whatever is found fits.

    Raises `InvalidInput` for anything else, and for a version where the endpoint does not compare them: to change something
    that the client wanted left alone would be worse than to refuse.
    """
    given = http.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    found = _VERSION.fullmatch(given.strip())
    if found is None:
        raise InvalidInput('If-Match must be one version in quotes such as "7", the ETag of a GET, or *.', field="If-Match")
    if not compares:
        raise InvalidInput("This endpoint does not compare versions; leave If-Match out.", field="If-Match")
    return int(found[1])


def failed(error: StaleVersion) -> PreconditionFailed:
    """The same refusal for a client that named the version in `If-Match`."""
    return PreconditionFailed(error.detail, field=error.field, data=error.data)


class _Versioned(Struct):
    version: int
