"""What holds for every command: how it is found, and the options of `rego` itself, which may stand behind it or before it.

`rego --help` loads this, so it knows nothing of the SDK.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from typer._click import Command, HelpFormatter, Parameter
from typer._click import Context as ClickContext
from typer.core import TyperGroup, TyperOption

from rego.cli.synonyms import meant

GLOBAL = "rego.global"
"""Under which key of a context's `meta` the values are kept, by name."""


def kept(
    place: str,
    name: str,
    *flags: str,
    help: str,  # noqa: A002 - Typer's own word
    metavar: str | None = None,
    flag: bool = False,
    kind: type = str,
    hidden: bool = False,
) -> TyperOption:
    """An option whose value the command's function does not take: it is kept at `place` in the context's `meta`."""

    def keep(context: ClickContext, _: Parameter, value: Any) -> Any:
        values = context.meta.setdefault(place, {})
        # Where it is not given it takes nothing from a context above.
        values[name] = value or values.get(name, value)
        return value

    return TyperOption(
        param_decls=[name, *flags],
        type=None if flag else kind,
        default=False if flag else None,
        is_flag=flag or None,
        metavar=metavar,
        help=help,
        callback=keep,
        expose_value=False,
        hidden=hidden,
    )


@cache
def global_options(*, hidden: bool) -> tuple[TyperOption, ...]:
    """The options; `hidden` where the help of a command is not the place to explain them."""
    return (
        kept(
            GLOBAL, "server", "--server", metavar="URL", hidden=hidden,
            help="The server to speak to (else REGO_SERVER, the one you logged in to, this machine).",
        ),
        kept(
            GLOBAL, "profile", "--profile", metavar="NAME", hidden=hidden,
            help="The profile in your settings to use (else REGO_PROFILE).",
        ),
        kept(GLOBAL, "no_input", "--no-input", flag=True, hidden=hidden, help="Never ask anything; fail instead."),
    )  # fmt: skip


class Everywhere(Command):
    """A command that takes the global options too, except where it has one of that name itself."""

    def get_params(self, ctx: ClickContext) -> list[Parameter]:
        return [*super().get_params(ctx), *self._missing()]

    def _missing(self) -> list[TyperOption]:
        taken = {flag for parameter in self.params for flag in parameter.opts}
        return [option for option in global_options(hidden=True) if taken.isdisjoint(option.opts)]

    def format_epilog(self, ctx: ClickContext, formatter: HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        formatter.write_paragraph()
        formatter.write_text(f"Global options: {', '.join(option.opts[0] for option in self._missing())}; see 'rego --help'.")


class Group(TyperGroup):
    """A group whose commands are found by what else people call them."""

    def resolve_command(self, ctx: ClickContext, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        return super().resolve_command(ctx, [meant(args[0], self.commands) or args[0], *args[1:]])


class Noun(Everywhere, Group):
    """The commands on one kind of thing."""
