"""The picture in README is the board as it is."""

from __future__ import annotations

from tests.docs import picture


async def test_the_picture_is_current() -> None:
    taken = await picture.take()
    assert taken.text == picture.in_readme(), "run: python -m tests.docs.picture --write"
    assert picture.SVG.read_text(encoding="utf-8").startswith("<svg")
    assert "http" not in taken.svg.replace("http://www.w3.org/", "").replace("https://www.textualize.io", "")
