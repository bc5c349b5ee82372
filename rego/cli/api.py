"""`rego api`: any request, with the login and the manners of the other commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer

from rego.cli.context import Session
from rego.cli.options import RegoCommand, noun, session_of
from rego.client.call import Call
from rego.wire.errors import InvalidInput

app = noun("", alone=True)

T = TypeVar("T")

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


_WORDS = f"{', '.join(METHODS)}, without one GET, or POST with a body; then such as /boards: /openapi.json has all."


@app.command(cls=RegoCommand)
def _api(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="[METHOD] PATH", help=_WORDS)],
    fields: Annotated[
        list[str] | None,
        typer.Option("--field", "-f", metavar="KEY=VALUE", help="A text of the body, or of the query of a GET; repeatable."),
    ] = None,
    typed: Annotated[
        list[str] | None,
        typer.Option("--json-field", "-F", metavar="KEY=JSON", help="The same with a number, true, false, null or a list."),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--input", metavar="FILE", help="The body from a file, as it is; '-' is stdin.")
    ] = None,
    jq: Annotated[str | None, typer.Option("--jq", metavar="FILTER", help="Print what this jq filter makes of it.")] = None,
    paginate: Annotated[bool, typer.Option("--paginate", help="All pages of a list, as one list.")] = False,
) -> None:
    """Send any request to the server and print its answer.

    A request that changes something carries an idempotency key, so that an outage in the middle does it once.
    """
    session = session_of(context)
    if jq is not None:
        from rego.cli.filtering import check

        check(jq, None)
    found = fields_of(fields or [], typed or [])
    method, path = _method_and_path(words, changes=bool(found) or source is not None)
    asked = (session, method, path, found, source)
    if paginate:
        every = session.first(request(*asked, returns=list[Any]), None)
        _print(session, json.dumps(every, ensure_ascii=False).encode(), jq)
    else:
        _print(session, session.send(request(*asked, returns=bytes)) or b"", jq)


def request(
    session: Session, method: str, path: str, fields: dict[str, Any], source: str | None, *, returns: type[T]
) -> Call[T]:
    """The call that the command line describes. Raises `InvalidInput` for what is no request."""
    if method not in METHODS:
        raise InvalidInput(f"The method must be one of {', '.join(METHODS)}, not {method!r}.")
    if not path.startswith("/") or not path.isascii() or not path.isprintable() or " " in path:
        raise InvalidInput("The path must begin with / and be percent-encoded, such as /search?q=is%3Adone.")
    if fields and source is not None:
        raise InvalidInput("Give the body as fields or with --input, not both.")
    if method == "GET":
        if source is not None:
            raise InvalidInput("A GET has no body; --field gives it a query.")
        query = {key: value if isinstance(value, str) else json.dumps(value) for key, value in fields.items()}
        return Call(method=method, path=path, returns=returns, query=query)
    upload = None if source is None else _read(session, source)
    return Call(method=method, path=path, returns=returns, body=fields or None, upload=upload)


def _method_and_path(words: list[str], *, changes: bool) -> tuple[str, str]:
    """What the words name; raises `InvalidInput` for too many."""
    if len(words) > 2:
        raise InvalidInput("Give a method and a path, such as GET /boards, and what belongs into the body with --field.")
    method = words[0].upper() if words[1:] else "POST" if changes else "GET"
    return method, words[-1]


def fields_of(texts: list[str], typed: list[str]) -> dict[str, Any]:
    """The fields of `KEY=VALUE` and `KEY=JSON` words; raises `InvalidInput` for other words."""
    found: dict[str, Any] = dict(map(_pair, texts))
    for key, value in map(_pair, typed):
        try:
            found[key] = json.loads(value)
        except ValueError as error:
            raise InvalidInput(f"--json-field {key} must be JSON, not {value!r}; --field takes a text.") from error
    return found


def _print(session: Session, body: bytes, jq: str | None) -> None:
    """Print an answer: JSON with its escapes, anything else as it is."""
    output = session.output
    try:
        value = msgspec.json.decode(body)
    except msgspec.DecodeError:
        if jq is not None:
            raise InvalidInput("The answer is no JSON that --jq could filter.") from None
        if body:
            output.block(body.decode("utf-8", "replace").rstrip("\n"))
        return
    if jq is None:
        output.json(value)
        return
    from rego.cli.filtering import filtered

    output.out.writelines(filtered(value, jq))


def _pair(word: str) -> tuple[str, str]:
    key, separator, value = word.partition("=")
    if not (separator and key):
        raise InvalidInput(f"A field is written KEY=VALUE, not {word!r}.")
    return key, value


def _read(session: Session, source: str) -> bytes:
    return session.input.buffer.read() if source == "-" else Path(source).read_bytes()
