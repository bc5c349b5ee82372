"""Exit codes: what a script can tell from a command's end. They are an interface and never change their meaning."""

from __future__ import annotations

from enum import IntEnum

from rego.wire import errors


class ExitCode(IntEnum):
    """How a command ended; `meaning` is the sentence that the reference page shows."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> ExitCode:
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code

    OK = 0, "done, or the reader of a pipe had read enough"
    FAILED = 1, "it failed, for a reason that the codes below do not name"
    USAGE = 2, "the command line or what it asks for makes no sense; nothing was changed"
    NOT_FOUND = 3, "there is no such thing, or it is not yours to see"
    NOT_LOGGED_IN = 4, "no valid login for this server"
    FORBIDDEN = 5, "your role on the board does not allow it"
    CONFLICT = 6, "the board has changed meanwhile, or the name is taken"
    RATE_LIMITED = 7, "too many requests; the message says when to come back"
    UNREACHABLE = 8, "no Rego server answers there"
    INTERRUPTED = 130, "stopped by Ctrl-C"


EXIT_CODES: dict[type[errors.RegoError], ExitCode] = {
    errors.RegoError: ExitCode.FAILED,
    errors.InvalidInput: ExitCode.USAGE,
    errors.NotAuthenticated: ExitCode.NOT_LOGGED_IN,
    errors.Forbidden: ExitCode.FORBIDDEN,
    errors.NotFound: ExitCode.NOT_FOUND,
    errors.Conflict: ExitCode.CONFLICT,
    errors.Taken: ExitCode.CONFLICT,
    errors.StaleVersion: ExitCode.CONFLICT,
    errors.ChangedSince: ExitCode.CONFLICT,
    errors.Gone: ExitCode.NOT_FOUND,
    errors.PreconditionFailed: ExitCode.CONFLICT,
    errors.TooLarge: ExitCode.USAGE,
    errors.UnsupportedMedia: ExitCode.USAGE,
    errors.KeyReused: ExitCode.CONFLICT,
    errors.RateLimited: ExitCode.RATE_LIMITED,
    errors.Internal: ExitCode.FAILED,
    errors.Unavailable: ExitCode.UNREACHABLE,
    errors.Unreachable: ExitCode.UNREACHABLE,
    errors.NotRego: ExitCode.UNREACHABLE,
}
"""The exit code of every error in the tree of `rego.wire.errors`."""


def exit_code_of(error: errors.RegoError) -> ExitCode:
    """The exit code of `error`: its own, or that of the nearest class above it."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)
