"""The first board: made where there is none yet, once, so that whoever starts Rego has something that teaches its keys."""

from __future__ import annotations

from importlib.resources import files

import msgspec
from msgspec import Struct

from rego.client import boards, imports
from rego.client.blocking import Client
from rego.client.paths import Paths
from rego.demo.keeping import kept
from rego.wire.base import to_json
from rego.wire.imports import Plan


class Begun(Struct, kw_only=True):
    """What is kept: whether the question of a first board is settled, by this board or by others that were there."""

    settled: bool = False


def plan() -> Plan:
    """The board as we wrote it."""
    return msgspec.json.decode(files("rego.demo").joinpath("tutorial.json").read_bytes(), type=Plan)


def begin(client: Client, paths: Paths) -> None:
    """Make the board on this user's own server, unless there is one or ever was. Raises a `RegoError`."""
    with kept(paths.data / "tutorial.json", Begun) as begun:
        if not begun.settled and not client.send(boards.list_boards()):
            client.send(imports.import_board("rego", to_json(plan())))
        begun.settled = True
