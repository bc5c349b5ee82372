"""The pictures in README and on the page about the TUI show the screens as they are."""

from __future__ import annotations

from tests.docs import picture
from tests.docs.pages import ROOT


async def test_the_picture_is_current() -> None:
    taken = await picture.take()
    assert taken.text == picture.in_readme(), "run: python -m tests.docs.picture --write"
    assert picture.SVG.read_text(encoding="utf-8").startswith("<svg")
    assert "http" not in taken.svg.replace("http://www.w3.org/", "").replace("https://www.textualize.io", "")


def test_the_screens_are_current_and_shown() -> None:
    page = (ROOT / "docs" / "howto" / "tui.md").read_text(encoding="utf-8")
    for screen in picture.screens():
        assert picture.SVG.with_name(screen.text).read_text(encoding="utf-8") == screen.svg, (
            "run: python -m tests.docs.picture --write"
        )
        assert f"(../images/{screen.text})" in page
