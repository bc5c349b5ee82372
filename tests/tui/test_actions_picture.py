"""Pictures on a card, drawn in the terminal: the actions by their keys, what is seen, and bytes that were made to hurt."""

from __future__ import annotations

import sys
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PIL import Image
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.style import Style

from rego.client.showing import OPENER
from rego.wire.errors import InvalidInput
from rego_tui.pictures import PIXELS_MAX, read_picture
from rego_tui.screens.picture import BYTES_MAX, PictureScreen
from rego_tui.widgets.line_input import LineInput
from tests.tui.card_peer import CardDesk, card_desk

RED, BLUE, CLEAR = (255, 0, 0), (0, 0, 255), (0, 0, 0, 0)
GROUND = (1, 2, 3)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def flag(width: int = 8, height: int = 8) -> Image.Image:
    """Red above, blue below."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (0, height // 2, width, height))
    return image


def _triplet(color: Color | None) -> ColorTriplet | None:
    return color.triplet if color is not None else None


def colors(content: bytes, width: int, height: int) -> list[list[tuple[ColorTriplet | None, ColorTriplet | None]]]:
    """The colours of each cell of a picture, the upper one and the lower one."""
    found = []
    for line in read_picture(content).lines(width, height, GROUND):
        assert set(line.text) == {"▀"}
        styles = [(segment.style or Style(), len(segment.text)) for segment in line]
        found.append([(_triplet(style.color), _triplet(style.bgcolor)) for style, count in styles for _ in range(count)])
    return found


@asynccontextmanager
async def looking(
    content: bytes, *, name: str = "flag.png", kind: str = "image/png", size: int | None = None, look: bool = True
) -> AsyncIterator[CardDesk]:
    """A card with a picture on it, which is looked at."""
    async with card_desk() as desk:
        desk.peer.content = content
        known = len(content) if size is None else size
        desk.peer.files = [replace(desk.peer.files[0], filename=name, content_type=kind, size=known)]
        desk.peer.touch()
        await desk.until("the file is read", lambda: kind in desk.text())
        await desk.go_to(kind)
        if look:
            await desk.press("v")
            await desk.until("it is drawn, or why not", lambda: "▀" in desk.text() or "not drawn" in desk.text())
        yield desk


async def test_files_look() -> None:
    async with looking(encoded(flag())) as desk:
        drawn = [line for line in desk.text().splitlines() if "▀" in line]
        assert [line.strip() for line in drawn] == ["▀" * 8] * 4
        assert f"flag.png  {len(encoded(flag()))} B  8 by 8" in desk.text()


async def test_enter_looks_at_a_picture() -> None:
    async with looking(encoded(flag()), look=False) as desk:
        await desk.press("enter")
        await desk.until("it is drawn", lambda: "▀▀▀" in desk.text())


async def test_what_is_no_picture_is_not_looked_at() -> None:
    async with card_desk() as desk:
        await desk.go_to("plan.pdf")
        await desk.press("v")
        assert "PNG, JPEG, GIF and WebP are drawn here" in desk.notices()


async def test_picture_close() -> None:
    async with looking(encoded(flag())) as desk:
        await desk.press("escape")
        assert "flag.png" in desk.text()
        assert "▀" not in desk.text()


async def test_picture_save(tmp_path: Path) -> None:
    async with looking(encoded(flag())) as desk:
        await desk.press("s")
        desk.app.screen.query_one("#line", LineInput).value = str(tmp_path)
        await desk.press("enter")
        await desk.until("it is saved", (tmp_path / "flag.png").exists)


async def test_picture_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, opener = tmp_path / "shown", tmp_path / OPENER
    opener.write_text(f"#!{sys.executable}\nimport sys, pathlib\npathlib.Path({str(shown)!r}).write_text(sys.argv[1])\n")
    opener.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    async with looking(encoded(flag())) as desk:
        await desk.press("o")
        await desk.until("it is shown", lambda: shown.exists() and shown.read_text().endswith("flag.png"))


@pytest.mark.parametrize("size", [(20, 5), (80, 24), (200, 50)])
async def test_it_fits_every_terminal(size: tuple[int, int]) -> None:
    async with looking(encoded(flag(900, 600)), name="[/]\x1b[31mevil.png") as desk:
        await desk.pilot.resize_terminal(*size)
        await desk.settle()
        screen = desk.app.screen
        assert isinstance(screen, PictureScreen)
        room = (size[0], size[1] - 2)
        wide = min(room[0], room[1] * 3)
        await desk.until("it has the new size", lambda: max(line.count("▀") for line in desk.text().splitlines()) == wide)
        assert "\x1b" not in desk.text()


async def test_without_the_extra_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rego_tui.pictures", None)
    async with looking(encoded(flag())) as desk:
        assert "pip install 'rego[pictures]'" in " ".join(desk.text().split())
        await desk.press("s")
        assert desk.app.screen.query_one("#line", LineInput).value == "flag.png"


# --- what is drawn -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "JPEG"])
def test_a_cell_shows_two_pixels(kind: str) -> None:
    content = encoded(flag(4, 6), kind, **({"lossless": True} if kind == "WEBP" else {}))
    found = colors(content, 80, 24)
    assert (len(found), len(found[0])) == (3, 4)
    if kind != "JPEG":  # which blurs
        assert [set(line) for line in found] == [{(RED, RED)}, {(RED, BLUE)}, {(BLUE, BLUE)}]


def test_a_large_one_is_made_smaller_and_keeps_its_shape() -> None:
    found = colors(encoded(flag(3_000, 1_000)), 80, 24)
    assert (len(found[0]), len(found)) == (80, 14)
    assert (found[0][0], found[-1][0][0]) == ((RED, RED), BLUE)


def test_the_ground_shows_through_and_fills_the_last_half_line() -> None:
    image = Image.new("RGBA", (2, 3), CLEAR)
    image.putpixel((0, 0), (*RED, 255))
    assert colors(encoded(image), 80, 24) == [[(RED, GROUND), (GROUND, GROUND)], [(GROUND, GROUND)] * 2]


def test_a_photo_stands_as_the_camera_was_held() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = read_picture(encoded(flag(40, 20), "JPEG", exif=exif))
    assert picture.size == (20, 40)
    assert len(picture.lines(80, 24, GROUND)) == 20


# --- what was made to hurt -----------------------------------------------------------------------------------------------


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says that it is huge."""
    content = bytearray(encoded(Image.new("1", (1, 1))))
    content[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


HOSTILE = [
    (b"", "no PNG"),
    (b"\x89PNG\r\n\x1a\n", "no PNG|damaged"),
    (encoded(flag(64, 64))[:120], "damaged"),
    (encoded(flag(64, 64), "JPEG")[:400], "damaged"),
    (encoded(flag(64, 64), "GIF")[:60], "damaged"),
    (encoded(flag(), "BMP"), "no PNG"),
    (encoded(flag(), "TIFF"), "no PNG"),
    (b"%PDF-1.7 hello", "no PNG"),
    (b"<svg onload='x'/>", "no PNG"),
    (bomb(6_000, PIXELS_MAX // 6_000 + 1), "million pixels"),
    (bomb(12_000, 9_000), "million pixels"),
    (bomb(60_000, 60_000), "million pixels"),
    (bomb(2**31 - 1, 2**31 - 1), "million pixels|damaged"),
]


@pytest.mark.parametrize(("content", "why"), HOSTILE)
def test_what_was_made_to_hurt_is_a_sentence(content: bytes, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        read_picture(content)


async def test_a_damaged_one_is_said_on_the_screen_and_can_be_saved() -> None:
    async with looking(encoded(flag(64, 64))[:120]) as desk:
        assert "It is not drawn: it is damaged." in desk.text()
        await desk.press("s")
        assert desk.app.screen.query_one("#line", LineInput).value == "flag.png"


@pytest.mark.parametrize("size", [None, 10])
async def test_no_more_is_fetched_than_is_drawn_whatever_size_the_server_says(size: int | None) -> None:
    async with looking(b"x" * (BYTES_MAX + 1), size=size) as desk:
        assert "It is not drawn" in desk.text()
        assert "at most 20.0 MB are fetched" in desk.text()
