"""The demo board: made once on the user's own local server, with real accounts for the colleagues, and found again later."""

from __future__ import annotations

import secrets
from importlib.resources import files

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from rego.client import auth, boards, cards, imports
from rego.client.blocking import Client
from rego.client.credentials import Credentials
from rego.client.paths import Paths
from rego.demo.keeping import kept
from rego.wire.base import Role, to_json
from rego.wire.boards import AddMember, Board, UpdateBoard
from rego.wire.errors import Taken
from rego.wire.imports import Plan
from rego.wire.users import Register

KEY_TITLE = "Demo"
"""The title under which the board is made, so that its key becomes DEMO, as its cards say; it gets its own one at once."""

COLLEAGUES = {"mira": ("Mira", "Holm"), "jonas": ("Jonas", "Adeyemi")}


class Account(Struct, frozen=True, kw_only=True):
    """A colleague's account. `name` is who they are on the board; `username` differs when somebody had that one."""

    name: str
    username: str
    password: str


class Demo(Struct, kw_only=True):
    """What is kept between two runs: which board it is, and the colleagues' accounts."""

    board_id: str | None = None
    accounts: list[Account] = []


class Colleague(Struct, frozen=True, kw_only=True):
    """A colleague who is logged in."""

    account: Account
    credentials: Credentials


def find_or_make(client: Client, paths: Paths) -> tuple[Board, list[Account]]:
    """The demo board and the accounts of the colleagues, who are members of it. Two runs at once make one board."""
    with kept(paths.data / "demo.json", Demo) as demo:
        every = {board.id: board for board in client.send(boards.list_boards())}
        board = every.get(demo.board_id or "")
        if board is None:
            board = _make(client)
            demo.board_id = board.id
        demo.accounts = demo.accounts or [_register(client, name) for name in COLLEAGUES]
        _invite(client, board, demo.accounts)
        _take_over(client, board, demo.accounts)
    return board, demo.accounts


def log_in(client: Client, account: Account) -> Colleague:
    """Begin a session for a colleague; raises `NotAuthenticated` when the account is gone."""
    tokens = client.send(auth.login(account.username, account.password))
    return Colleague(account=account, credentials=Credentials.of_tokens(client.server, tokens))


def plan() -> Plan:
    """The board as we wrote it."""
    return msgspec.json.decode(files("rego.demo").joinpath("board.json").read_bytes(), type=Plan)


def _make(client: Client) -> Board:
    written = plan()
    imported = client.send(imports.import_board("rego", to_json(replace(written, title=KEY_TITLE))))
    return client.send(boards.update_board(imported.board.id, UpdateBoard(title=written.title)))


def _register(client: Client, name: str) -> Account:
    """A new account; when the name is taken, under the name with a number."""
    firstname, lastname = COLLEAGUES[name]
    password = secrets.token_urlsafe(24)
    username = name
    while True:
        body = Register(
            username=username,
            email=f"{username}@demo.invalid",
            password=password,
            firstname=firstname,
            lastname=lastname,
        )
        try:
            client.send(auth.register(body))
        except Taken:
            username = f"{name}-{secrets.randbelow(10_000)}"
        else:
            return Account(name=name, username=username, password=password)


def _invite(client: Client, board: Board, accounts: list[Account]) -> None:
    members = {member.username for member in client.send(boards.list_members(board.id)) if not member.placeholder}
    for account in accounts:
        if account.username not in members:
            client.send(boards.add_member(board.id, AddMember(username=account.username, role=Role.MEMBER)))


def _take_over(client: Client, board: Board, accounts: list[Account]) -> None:
    """Give the colleagues the cards of the placeholders that the import made for their names."""
    snapshot = client.send(boards.get_snapshot(board.id))
    ids = {member.username: member.user_id for member in snapshot.members if not member.placeholder}
    heirs = {account.name: ids[account.username] for account in accounts}
    for placeholder in snapshot.members:
        if not placeholder.placeholder or placeholder.username not in heirs:
            continue
        for card in snapshot.cards:
            if placeholder.user_id in card.assignee_ids:
                client.send(cards.assign_card(card.id, heirs[placeholder.username]))
                client.send(cards.unassign_card(card.id, placeholder.user_id))
        client.send(boards.remove_member(board.id, placeholder.user_id))
