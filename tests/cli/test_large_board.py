"""A board of 10,000 cards on the command line: listed, filtered and exported in memory that is printed and has a bound."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rego.wire.base import to_json
from tests.bench.boards import plan
from tests.cli.conftest import Person, Rego

CARDS = 10_000
MEGABYTES = 120
"""The most that a command may take. Python with this much of Rego has about 30 before it does anything."""


@pytest.fixture
def large(ada: Person, rego: Rego) -> str:
    """The key of a board with that many cards."""
    (key,) = rego("import", "rego", "-", "-q", input=to_json(plan("Large", CARDS)).decode()).lines
    return key


PROBE = """
import resource, subprocess, sys
with open(sys.argv[1], "wb") as out:
    subprocess.run([sys.executable, "-m", "rego", *sys.argv[2:]], stdout=out, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Between this process and the command: a child's peak counts what its parent has at the fork, so a small one starts it."""


@pytest.fixture
def measured(tmp_path: Path) -> Callable[..., int]:
    """Runs a command with its stdout in the file `out`; its peak memory in MB."""

    def run(*arguments: str) -> int:
        command = [sys.executable, "-c", PROBE, str(tmp_path / "out"), *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=60)
        return int(done.stdout) // 1024

    return run


def test_memory(
    large: str, measured: Callable[..., int], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    out = tmp_path / "out"
    peaks = {}
    peaks["list"] = measured("cards", "list", large)
    assert out.read_bytes().count(b"\n") == CARDS
    peaks["list --json"] = measured("cards", "list", large, "--json")
    assert len(json.loads(out.read_bytes())) == CARDS
    peaks["list --query"] = measured("cards", "list", large, "--query", "label:feature priority:high")
    assert 0 < out.read_bytes().count(b"\n") < CARDS
    peaks["export"] = measured("export", large, "--format", "json")
    assert len(json.loads(out.read_bytes())["cards"]) == CARDS
    print("; ".join(f"rego {name}: {peak} MB" for name, peak in peaks.items()))
    record_property("peak_mb", peaks)
    assert max(peaks.values()) <= MEGABYTES
