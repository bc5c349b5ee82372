"""The options that many commands share, and the command classes that bring the ones about the form of what is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec import Struct
from typer._click import Context as ClickContext
from typer.core import TyperCommand, TyperOption

from rego.cli.context import Session
from rego.cli.everywhere import Everywhere, Noun, kept
from rego.cli.output import Form, View
from rego.wire.errors import InvalidInput

if TYPE_CHECKING:
    from rego.wire.query_terms import Query

BoardArgument = Annotated[str | None, typer.Argument(metavar="BOARD", help="Its key, title or id; not needed for an only one.")]
BoardOption = Annotated[
    str | None, typer.Option("--board", "-b", metavar="BOARD", help="The board's key, title or id, if you have several.")
]
CardArgument = Annotated[
    str,
    typer.Argument(metavar="CARD", help="Its reference, such as OPS-12, its number on the board at hand, or its id."),
]
QueryOption = Annotated[
    str | None,
    typer.Option("--query", "-Q", metavar="QUERY", help="Only cards that fit, such as 'assignee:me due<3d'; -q QUERY too."),
]
TitleArgument = Annotated[str, typer.Argument(metavar="TITLE")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite FILE if it is there.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]

_FORM = "rego.form"
_COLORS = {"always": True, "never": False, "auto": None}


class RegoCommand(Everywhere, TyperCommand):
    """A command as Rego shows and reads it: plain names in the usage line, and a `--json` whose value may be missing."""

    def collect_usage_pieces(self, ctx: ClickContext) -> list[str]:
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def parse_args(self, ctx: ClickContext, args: list[str]) -> list[str]:
        for n, arg in enumerate(args):
            if arg == "--":
                break
            following = args[n + 1] if n + 1 < len(args) else None
            if arg == "--json" and self._json_takes_fields() and (following is None or following.startswith("-")):
                args[n] = "--json="
            elif arg == "-q" and following is not None and self._takes_query() and not self._is_option(ctx, following):
                args[n] = "--query"
        return super().parse_args(ctx, args)

    def _json_takes_fields(self) -> bool:
        return any("--json" in parameter.opts and not getattr(parameter, "is_flag", False) for parameter in self.params)

    def _takes_query(self) -> bool:
        return any("--query" in parameter.opts for parameter in self.params)

    def _is_option(self, ctx: ClickContext, word: str) -> bool:
        # A query may begin with a minus too.
        return any(word.partition("=")[0] in parameter.opts for parameter in self.get_params(ctx))


class DataCommand(RegoCommand):
    """A command that prints data: it brings the options for its form, which `form_of` reads."""

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.params.extend(self.form_options())

    def form_options(self) -> list[TyperOption]:
        """The options, in the order in which the help shows them."""
        return [
            kept(
                _FORM, "json", "--json", metavar="[FIELDS]", help="Print JSON, with all fields or those named: --json id,title."
            ),
            kept(_FORM, "jq", "--jq", metavar="FILTER", help="Print what this jq filter makes of the JSON."),
            kept(
                _FORM,
                "template",
                "--template",
                metavar="TEXT",
                help="Print this Jinja template, filled in with the JSON fields.",
            ),
            kept(_FORM, "csv", "--csv", help="Print CSV with a line of headings.", flag=True),
            kept(_FORM, "quiet", "--quiet", "-q", "--ids", help="Print only names, one a line, for other commands.", flag=True),
            kept(_FORM, "color", "--color", metavar="WHEN", help="Colours: always, never, or auto as usual there."),
        ]


class ListCommand(DataCommand):
    """A command that prints a list, which may be cut."""

    def form_options(self) -> list[TyperOption]:
        limit = kept(
            _FORM, "limit", "--limit", "-n", "-L", metavar="N", help="At most N entries; 0, the default, is all.", kind=int
        )
        return [*super().form_options(), limit]


class ManyCommand(DataCommand):
    """A command on cards that are named or found by a query: it brings what chooses them and asks, which `choice_of` reads."""

    def form_options(self) -> list[TyperOption]:
        return [
            kept(_FORM, "query", "--query", "-Q", metavar="QUERY", help="All cards that fit, such as 'is:done'; -q QUERY too."),
            kept(_FORM, "board", "--board", "-b", metavar="BOARD", help="The query's board, if you have several."),
            kept(_FORM, "yes", "--yes", "-y", help="Do not ask.", flag=True),
            kept(_FORM, "dry_run", "--dry-run", help="Only say what would be done.", flag=True),
            *super().form_options(),
        ]


class Choice(Struct, frozen=True):
    """What a `ManyCommand` was told about the cards that it does not name."""

    query: str | None
    board: str | None
    yes: bool
    dry_run: bool


def choice_of(context: typer.Context) -> Choice:
    """What the command line says about the choice of cards."""
    asked: dict[str, Any] = context.meta.get(_FORM, {})
    return Choice(asked.get("query"), asked.get("board"), bool(asked.get("yes")), bool(asked.get("dry_run")))


def parsed(query: str | None) -> Query | None:
    """The query that an option writes; raises `InvalidInput` with a sentence that says what would be right."""
    if query is None:
        return None
    # Here, because most commands are given no query.
    from rego.wire.query import parse

    return parse(query)


def form_of(context: typer.Context, view: View[Any]) -> Form:
    """The form that the command line asks for; raises `InvalidInput` for one that makes no sense or names no field."""
    asked: dict[str, Any] = context.meta.get(_FORM, {})
    fields, jq, template = asked.get("json"), asked.get("jq"), asked.get("template")
    if jq is not None and template is not None:
        raise InvalidInput("Give --jq or --template, not both.")
    as_json = fields is not None or jq is not None or template is not None
    if sum((as_json, bool(asked.get("csv")), bool(asked.get("quiet")))) > 1:
        raise InvalidInput("Give one of --json (with --jq or --template), --csv and --quiet.")
    if asked.get("csv") and not view.cells:
        raise InvalidInput("There is no CSV of this; --json has it whole.")
    if (limit := asked.get("limit") or 0) < 0:
        raise InvalidInput("--limit must be 0 or more.")
    named = view.named_fields(fields or "") if as_json else None
    if jq is not None or template is not None:
        from rego.cli.filtering import check

        check(jq, template, named or view.fields())
    session = session_of(context)
    _apply_colors(session, asked.get("color") or session.choices.value("color") or "auto")
    return Form(
        json=named,
        quiet=bool(asked.get("quiet")),
        csv=bool(asked.get("csv")),
        jq=jq,
        template=template,
        limit=limit,
    )


def _apply_colors(session: Session, wish: str) -> None:
    if wish not in _COLORS:
        raise InvalidInput(f"The colour setting must be always, never or auto, not {wish!r}.")
    session.output.colors = _COLORS[wish]


def noun(help: str, *, alone: bool = False, bare: bool = False) -> typer.Typer:  # noqa: A002 - Typer's own word
    """An empty group of commands, which may do something `bare`, or with `alone` the holder of a single one."""
    return typer.Typer(
        cls=Noun,
        help=None if alone else help,
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        no_args_is_help=not (alone or bare),
    )


def session_of(context: typer.Context) -> Session:
    """The session that the root command opened."""
    session = context.obj
    assert isinstance(session, Session)
    return session
