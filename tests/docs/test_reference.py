"""The reference pages say what the code says, and everything on them is described."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from rego.wire import errors, frames, limits
from rego.wire.frames import CloseCode
from rego_server.app import open_server
from rego_server.core import settings
from tests.architecture.source import modules
from tests.docs import endpoints, reference
from tests.docs.remarks import constants_of
from tests.docs.shapes import description_of
from tests.running import fast_settings


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_page_is_current(name: str) -> None:
    there = (reference.FOLDER / name).read_text(encoding="utf-8")
    assert there == reference.PAGES[name](), "run: python -m tests.docs.reference --write"


def test_every_setting_has_a_sentence() -> None:
    assert [each.name for each in fields(settings.Settings) if not _is_sentence(each.metadata["doc"])] == []


def test_every_endpoint_has_a_sentence() -> None:
    assert [f"{r.method} {r.path}" for r in endpoints.routes() if not _is_sentence(r.summary)] == []


def test_every_event_has_a_sentence() -> None:
    assert [name for name, kind in reference.event_types() if not _is_sentence(description_of(kind))] == []


def test_every_frame_has_a_sentence() -> None:
    kinds = [*frames.ServerFrame.__subclasses__(), *frames.ClientFrame.__subclasses__()]
    assert [kind.__name__ for kind in kinds if not _is_sentence(description_of(kind))] == []


def test_every_error_has_a_meaning() -> None:
    tree = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, errors.RegoError)}
    assert set(reference.meanings_of_errors()) == tree - {"RegoError"}


def test_every_close_code_has_a_remark() -> None:
    codes = reference.close_codes()
    assert [each.names[0] for each in codes] == [code.name for code in CloseCode]
    assert [each.names[0] for each in codes if not each.remark] == []


def test_every_limit_has_a_remark() -> None:
    constants = constants_of(limits)
    assert {name for each in constants for name in each.names} == {name for name in vars(limits) if name.isupper()}
    assert [each.names for each in constants if not each.remark] == []


def test_every_variable_that_the_code_reads_is_on_the_page() -> None:
    read = {name for module in modules() for name in re.findall(r"\bREGO_[A-Z_]*[A-Z]\b", module.text)}
    page = reference.settings_page()
    assert [name for name in sorted(read) if f"`{name}`" not in page] == []


async def test_every_route_of_a_running_server_is_on_the_page(tmp_path: Path) -> None:
    """The tables are the routes: none is added behind their back."""
    page = endpoints.page()
    async with open_server(fast_settings(tmp_path)) as server:
        served = {(route.method, route.resource.canonical) for route in server.app.router.routes() if route.resource}
    missing = [f"{method} {path}" for method, path in sorted(served) if f"### {method} {path}\n" not in page]
    assert [each for each in missing if not each.startswith("HEAD ")] == []


def test_defaults_do_not_depend_on_the_machine() -> None:
    home = str(settings.default_of(next(each for each in fields(settings.Settings) if each.name == "data_dir")))
    assert home not in reference.settings_page()


def _is_sentence(text: str) -> bool:
    return bool(re.fullmatch(r".{8,}[.!?]", text, re.DOTALL))
