"""Points in time as other programs write them."""

from __future__ import annotations

from datetime import UTC, datetime

from rego_server.domains.imports.remarks import Remarks


def moment_of(text: str | None, remarks: Remarks, where: str) -> datetime | None:
    """The moment that `text` writes in a form of ISO 8601, in UTC where it names no zone; anything else is remarked."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        remarks.note("dates dropped", "they are not written as dates", where=where)
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def shown(text: str | None) -> str:
    """`text`, which writes a moment, as people read it: the day, and the time of day in UTC."""
    moment = moment_of(text, Remarks(), "")
    try:
        return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else ""
    except (OverflowError, ValueError):
        return ""
