"""Pictures of others as coloured half blocks, which every terminal and tmux can draw. Needs the extra `rego[pictures]`.

The bytes are taken for hostile: bounded before they are decoded, read by the decoders of four formats only, and whatever a
decoder raises becomes a sentence. Nothing here knows a screen; all of it is for a thread beside the event loop.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from io import BytesIO
from itertools import groupby

from PIL import Image, ImageOps, UnidentifiedImageError
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from rego.wire.errors import InvalidInput

PIXELS_MAX = 30_000_000
"""Pixels of a picture that is still decoded."""

_TOO_LARGE = f"at most {PIXELS_MAX // 10**6} million pixels are drawn here, and it has more"

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")

_KEPT = (1_000, 1_000)
"""Pixels that are kept of a picture: more than the largest terminal shows."""

_UPPER = "▀"

# Pillow warns of huge pictures, and the warning would be written over the screen.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class Picture:
    """A decoded picture: its `size` in pixels, and lines of it for any room."""

    def __init__(self, image: Image.Image, size: tuple[int, int]) -> None:
        self.size = size
        self._image = image

    def lines(self, width: int, height: int, ground: tuple[int, int, int]) -> list[Strip]:
        """The picture as large as fits into so many cells, but no larger than it is; `ground` shows through where it is clear.

        A cell shows two pixels, one above the other.
        """
        across, down = self._image.size
        scale = min(width / across, 2 * height / down, 1.0)
        small = self._image.resize((max(round(across * scale), 1), max(round(down * scale), 1)), Image.Resampling.BOX)
        canvas = Image.new("RGBA", (small.width, small.height + small.height % 2), (*ground, 255))
        canvas.alpha_composite(small)
        pixels, wide = canvas.convert("RGB").tobytes(), 3 * canvas.width
        rows = [pixels[start : start + wide] for start in range(0, len(pixels), wide)]
        return [_strip(upper, lower) for upper, lower in zip(rows[::2], rows[1::2], strict=True)]


def read_picture(content: bytes) -> Picture:
    """Decode the first frame of a picture; raises `InvalidInput` for what is none, is damaged or is too large."""
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as image:
            _check_size(image)
            return _kept(image)
    except InvalidInput:
        raise
    except UnidentifiedImageError as error:
        raise InvalidInput("it is no PNG, JPEG, GIF or WebP") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidInput(_TOO_LARGE) from error
    except Exception as error:
        # Decoders raise whatever comes to them at bytes that were made to hurt.
        raise InvalidInput("it is damaged") from error


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > PIXELS_MAX:
        raise InvalidInput(_TOO_LARGE)


def _kept(image: Image.Image) -> Picture:
    """What is kept of a picture, as its camera was held."""
    size = image.size
    image.draft("RGB", _KEPT)
    upright = ImageOps.exif_transpose(image)
    if upright.mode not in ("L", "RGB", "RGBA"):
        upright = upright.convert("RGBA")
    upright.thumbnail(_KEPT)
    turned = (upright.width > upright.height) != (size[0] > size[1])
    return Picture(upright.convert("RGBA"), size[::-1] if turned else size)


def _strip(upper: bytes, lower: bytes) -> Strip:
    cells = zip(_pixels(upper), _pixels(lower), strict=True)
    runs = ((style, sum(1 for _ in run)) for style, run in groupby(_style(above, below) for above, below in cells))
    return Strip([Segment(_UPPER * count, style) for style, count in runs], len(upper) // 3)


def _pixels(row: bytes) -> zip[tuple[int, int, int]]:
    return zip(row[::3], row[1::3], row[2::3], strict=True)


@lru_cache(maxsize=4_096)
def _style(above: tuple[int, int, int], below: tuple[int, int, int]) -> Style:
    return Style(color=Color.from_rgb(*above), bgcolor=Color.from_rgb(*below))
