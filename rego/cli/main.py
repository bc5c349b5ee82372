"""The entry of the `rego` command: arguments in, exit code out, and never a traceback on the way."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

LOADED_AT_MOST = 50_000
"""More objects than any command makes before it begins its work."""


def main() -> int:
    """Be the process's command: `run` it, and return its exit code.

    Hardly anything that a command loads is garbage before the end, and then all of it is. So neither its start nor its end is
    searched for some, which would take a tenth of a short command's time; a command that goes on collects as usual.
    """
    gc.set_threshold(LOADED_AT_MOST)
    code = run()
    gc.freeze()
    return code


def run(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command line (by default the process's own) and return its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments in (["--version"], ["-V"], ["version"]):
        return _print_version()
    if arguments[:1] == ["--complete"]:
        return _complete(arguments[1:])
    _never_stumble()
    try:
        from rego.cli.root import carry_out

        code = carry_out(arguments)
        sys.stdout.flush()
    except BaseException as error:
        from rego.cli.failure import report

        return report(error)
    return code


def _never_stumble() -> None:
    """Where stdout cannot say a letter, because of its encoding, say which one it is instead: `\\u2713`."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None and sys.stdout.errors == "strict":
        reconfigure(errors="backslashreplace")


def _print_version() -> int:
    """The answer for scripts that only ask for the version, before anything else is loaded."""
    from rego import __version__

    print(f"rego {__version__}")
    return 0


def _complete(arguments: list[str]) -> int:
    """The answer for a shell that waits at a key press; whatever goes wrong, it gets no words and no noise."""
    try:
        from rego.cli.completing import answer

        return answer(arguments)
    except Exception:
        return 1
