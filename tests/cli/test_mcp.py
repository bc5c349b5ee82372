"""`rego mcp` as an agent meets it: the official client starts it and speaks MCP over its stdin and stdout."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult, TextContent

from rego.cli.mcp_tools import TOOLS
from tests.cli.conftest import Person, Rego
from tests.cli.payloads import HOSTILE, steering

TOKENS_MAX = 2_000
TOOLS_MAX = 10
CHARACTERS_OF_A_TOKEN = 3
"""Fewer than any tokenizer in use needs for JSON in English, so that the count is on the safe side."""


@asynccontextmanager
async def agent(*options: str) -> AsyncIterator[Client]:
    """A session with `rego mcp`, in this process's environment."""
    command = StdioServerParameters(
        command=sys.executable, args=["-W", "error", "-m", "rego", "mcp", *options], env=dict(os.environ)
    )
    async with Client(command) as client:
        yield client


async def ask(client: Client, tool: str, **arguments: Any) -> Any:
    """What the tool answers, read; fails when it is an error."""
    answer = await client.call_tool(tool, arguments)
    assert not answer.is_error, text_of(answer)
    return json.loads(text_of(answer))


async def refusal(client: Client, tool: str, **arguments: Any) -> str:
    """The sentence that the tool answers instead."""
    answer = await client.call_tool(tool, arguments)
    assert answer.is_error
    return text_of(answer)


def text_of(answer: CallToolResult) -> str:
    (content,) = answer.content
    assert isinstance(content, TextContent)
    return content.text


async def test_the_tools_are_few_and_say_little(ada: Person) -> None:
    async with agent() as client:
        offered = (await client.list_tools()).tools
    assert [tool.name for tool in offered] == [tool.name for tool in TOOLS]
    assert len(offered) <= TOOLS_MAX
    said = "".join(tool.model_dump_json(by_alias=True, exclude_none=True) for tool in offered)
    assert len(said) / CHARACTERS_OF_A_TOKEN < TOKENS_MAX
    print(f"{len(offered)} tools in {len(said)} characters")


async def test_an_agent_does_a_day_of_work(ada: Person, ops: str) -> None:
    async with agent("--board", ops) as client:
        board = await ask(client, "board")
        assert (board["board"], board["you"], board["people"]) == (ops, ada.username, {ada.username: "owner"})
        assert [column["title"] for column in board["columns"]] == ["To do", "Doing", "Done"]
        new = await ask(client, "add", title="Four", column="Doing", priority="high", due="2027-01-02", people=["me"])
        assert (new["ref"], new["column"], new["people"]) == (f"{ops}-4", "Doing", [ada.username])
        assert new["due"].startswith("2027-01-02T23:59")
        claimed = await ask(client, "claim", query="sort:-number", minutes=5)
        assert (claimed["ref"], claimed["people"]) == (f"{ops}-3", [ada.username])
        assert "until" in claimed
        await ask(client, "comment", card=f"{ops}-3", text="On it")
        await ask(client, "edit", card=f"{ops}-3", description="Why", done=True, due=None)
        await ask(client, "move", card=f"{ops}-3", column="Done", position="top")
        shown = await ask(client, "show", card=f"{ops}-3")
        assert (shown["column"], shown["done"], shown["description"]) == ("Done", True, "Why")
        assert [comment["text"] for comment in shown["comments"]] == ["On it"]
        await ask(client, "edit", card=f"{ops}-4", people=[], due="", priority="none")
        assert await ask(client, "list", column="Doing") == {"cards": [{"ref": f"{ops}-4", "title": "Four", "column": "Doing"}]}
        listed = await ask(client, "list", query="-is:done sort:-number", limit=2)
        assert ([card["ref"] for card in listed["cards"]], listed["more"]) == ([f"{ops}-4", f"{ops}-2"], True)
        assert [card["title"] for card in (await ask(client, "search", query="Four"))["cards"]] == ["Four"]
        assert (await ask(client, "claim", card=f"{ops}-1"))["people"] == [ada.username]
        assert "people" not in await ask(client, "claim", card=f"{ops}-1", release=True)


async def test_labels_are_those_that_are_named(rego: Rego, ops: str) -> None:
    for name in ("bug", "wish"):
        rego("labels", "add", name, "red")
    async with agent("--board", ops) as client:
        assert (await ask(client, "edit", card=f"{ops}-1", labels=["bug"]))["labels"] == ["bug"]
        assert (await ask(client, "edit", card=f"{ops}-1", labels=["wish"]))["labels"] == ["wish"]
        assert "nope" in await refusal(client, "edit", card=f"{ops}-1", title="x", labels=["nope"])
        assert (await ask(client, "show", card=f"{ops}-1"))["title"] == "One"


async def test_what_happens_is_waited_for_and_not_missed(rego: Rego, ada: Person, ops: str) -> None:
    async with agent("--board", ops) as client:
        nothing = await ask(client, "watch", seconds=1)
        assert nothing["events"] == []
        await ask(client, "edit", card=f"{ops}-1", title="Renamed")
        news = await ask(client, "watch", since=nothing["next"])
        assert f"{ada.username} renamed {ops}-1 from “One” to “Renamed”" in news["events"][0]
        heard: list[Any] = []

        async def listen() -> None:
            heard.append(await ask(client, "watch", since=news["next"], seconds=60))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listen)
            await ask(client, "comment", card=f"{ops}-2", text="Hello")
        assert "commented" in heard[0]["events"][0]


async def test_a_reader_has_no_tool_that_writes(ada: Person, ops: str) -> None:
    async with agent("--read-only") as client:
        offered = [tool.name for tool in (await client.list_tools()).tools]
        assert offered == ["board", "list", "show", "search", "watch"]
        assert "There is no tool add" in await refusal(client, "add", title="x")
        assert len((await ask(client, "list"))["cards"]) == 3


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("show", {"card": "ZZZ-1"}, "There is no card ZZZ-1 here"),
    ("show", {"card": "one"}, "names no card"),
    ("show", {}, "missing required field `card`"),
    ("list", {"query": "label:"}, "label"),
    ("list", {"limit": 1000}, "<= 100"),
    ("list", {"bord": "x"}, "unknown field `bord`"),
    ("list", {"board": "nope"}, "nope"),
    ("add", {"title": ""}, "title"),
    ("add", {"title": "x", "column": "nope"}, "nope"),
    ("edit", {"card": "ZZZ-1", "due": "soon"}, "ZZZ-1"),
    ("claim", {"release": True}, "Name it"),
    ("claim", {"query": "nothing-like-this"}, "There is no open card"),
]


async def test_what_cannot_be_is_a_sentence(rego: Rego, ops: str) -> None:
    async with agent() as client:
        for tool, arguments, said in REFUSED:
            sentence = await refusal(client, tool, **arguments)
            assert said in sentence
            assert "Traceback" not in sentence


async def test_hostile_text_steers_nothing(rego: Rego, ops: str) -> None:
    rego("cards", "edit", f"{ops}-1", "--description", HOSTILE)
    async with agent() as client:
        answer = await client.call_tool("show", {"card": f"{ops}-1"})
    assert steering(text_of(answer)) == []


def test_without_the_extra_it_says_what_to_install(rego: Rego, ops: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.stdio", None)
    result = rego("mcp")
    assert (result.code, result.out) == (2, "")
    assert "pip install 'rego[mcp]'" in result.err
