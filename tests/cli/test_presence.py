"""`rego presence` against a real server, while somebody has the board open."""

from __future__ import annotations

import json

from websockets.sync.client import connect

from rego.wire.base import to_json
from rego.wire.frames import Focus, Hello, PresenceFrame, decode_server_frame
from tests.cli.conftest import Person, Rego


def test_those_who_have_the_board_open_are_listed_with_the_card_that_they_are_at(rego: Rego, ada: Person, ops: str) -> None:
    nobody = rego("presence")
    assert (nobody.code, nobody.out) == (0, "")
    [board] = json.loads(rego("boards", "list", "--json", "id").out)
    [card, *_] = json.loads(rego("cards", "list", "--json", "id").out)
    address = f"ws{ada.server.url.removeprefix('http')}/ws/boards/{board['id']}"
    headers = {"Authorization": f"Bearer {ada.credentials.access_token}"}
    with connect(address, additional_headers=headers, proxy=None) as socket:
        hello = decode_server_frame(socket.recv())
        assert isinstance(hello, Hello)
        while not isinstance(decode_server_frame(socket.recv()), PresenceFrame):
            pass
        assert rego("presence", ops).lines == [f"{ada.username}\t\t\t"]
        socket.send(to_json(Focus(card_id=card["id"], editing=True)).decode())
        while not isinstance(decode_server_frame(socket.recv()), PresenceFrame):
            pass
        assert rego("presence").lines == [f"{ada.username}\t{ops}-1\tOne\tediting"]
        assert rego("presence", "-q").lines == [ada.username]
        [shown] = json.loads(rego("presence", "--json").out)
        assert shown["connection_id"] == hello.connection_id
        assert (shown["card_id"], shown["editing"], shown["ref"]) == (card["id"], True, f"{ops}-1")
