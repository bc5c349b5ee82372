"""Memory that is free goes back to the system although something in use lies above it."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

HOLES = """
import asyncio, pathlib
from rego_server.core.memory import Trim

def resident() -> int:
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4096

blocks = [bytes(2_000) for _ in range(40_000)]
kept = blocks[::40]
del blocks
before = resident()
asyncio.run(Trim().round())
print(before - resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps such holes, and can give them back")
def test_holes_go_back() -> None:
    done = subprocess.run([sys.executable, "-c", HOLES], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 40_000_000, "of 80 MB that were freed"
