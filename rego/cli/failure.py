"""From whatever went wrong to one sentence on stderr and an exit code."""

from __future__ import annotations

import os
import sys
import traceback

from typer import Abort
from typer._click.exceptions import ClickException, NoArgsIsHelpError, UsageError

from rego.cli.exit_codes import ExitCode, exit_code_of
from rego.safe_text import safe_text
from rego.wire import errors


def report(error: BaseException) -> int:
    """Tell a person about `error` and return the exit code; with REGO_DEBUG=1 the traceback comes first."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else ExitCode.FAILED
    if isinstance(error, BrokenPipeError):
        return _reader_left()
    if isinstance(error, NoArgsIsHelpError):
        print(error.format_message())
        return ExitCode.OK
    if os.environ.get("REGO_DEBUG") == "1":
        traceback.print_exception(error)
    code, lines = describe(error)
    print(*map(safe_text, lines), sep="\n", file=sys.stderr)
    return code


def describe(error: BaseException) -> tuple[ExitCode, list[str]]:
    """The exit code and the lines to print for `error`; the texts in them may still be hostile."""
    if isinstance(error, errors.RegoError):
        return exit_code_of(error), [error.detail + _advice(error)]
    if isinstance(error, KeyboardInterrupt | Abort):
        return ExitCode.INTERRUPTED, ["Interrupted."]
    if isinstance(error, ClickException):
        return ExitCode.USAGE, _usage(error)
    if isinstance(error, OSError):
        return ExitCode.FAILED, [_system(error)]
    return ExitCode.FAILED, [f"Rego has a bug: {type(error).__name__}: {error}. REGO_DEBUG=1 shows where."]


def _advice(error: errors.RegoError) -> str:
    """What to do next, where the error's own sentence cannot know it."""
    if isinstance(error, errors.Internal) and error.request_id:
        return f" The server's log has it under {error.request_id}."
    if isinstance(error, errors.RateLimited) and error.retry_after:
        return f" Come back in {error.retry_after:.0f} s."
    return ""


def _usage(error: ClickException) -> list[str]:
    context = error.ctx if isinstance(error, UsageError) else None
    return [error.format_message(), *([f"Try '{context.command_path} --help'."] if context else [])]


def _system(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}."


def _reader_left() -> ExitCode:
    """`rego … | head`: the reader has what it wanted. What is still buffered must not fail again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.OK
