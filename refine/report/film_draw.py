"""Draws films with Pillow, which is loaded by whoever imports this. Raises MissingExtra where it is missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from refine.errors import MissingExtra
from refine.film import Film, Numbers, Shape
from refine.report.scene import Camera, ground, patches

try:
    from PIL import Image, ImageDraw, ImageFont
except ModuleNotFoundError as error:
    raise MissingExtra("pillow", "plot") from error

Colour = tuple[int, int, int]
Size = tuple[int, int]
"""Width and height, pixels."""

_WHITE, _BLACK, _GREY = (255, 255, 255), (34, 34, 34), (138, 138, 138)
_GROUND, _LINE = (236, 238, 240), (205, 209, 214)
_BODIES: Sequence[Colour] = ((0, 114, 178), (230, 159, 0), (0, 158, 115), (204, 121, 167), (86, 180, 233), (213, 94, 0))
"""For what has no colour of its own, by body; those of Okabe and Ito (2008)."""
_FINER = 2
"""Times as many pixels are drawn as are kept, so that edges are smooth."""
_CAPTION = 38
"""Pixels above each picture."""


def drawn(film: Film, frame: int, seen: Camera, size: Size) -> Image.Image:
    """One frame."""
    wide, high = (_FINER * pixels for pixels in size)
    image = Image.new("RGB", (wide, high), _WHITE)
    pen = ImageDraw.Draw(image)

    def pixels(points: Numbers) -> list[tuple[float, float]]:
        placed = points * (1, -1) * (high / 2 / seen.half) + (wide / 2, high / 2)
        return [(float(x), float(y)) for x, y in placed]

    found = ground(film, frame, seen)
    if found is not None:
        pen.polygon(pixels(found[0]), fill=_GROUND)
        for line in found[1]:
            pen.line(pixels(line), fill=_LINE, width=_FINER)
    for patch in patches(film, frame, seen):
        colour = _colour(patch.shape)
        if len(patch.corners) > 2:
            fill, edge = _shaded(colour, patch.light), _shaded(colour, 0.6)
            pen.polygon(pixels(patch.corners), fill=fill, outline=edge, width=_FINER)
    return image.resize(size, Image.Resampling.BOX)


def _colour(shape: Shape) -> Colour:
    if shape.colour is None:
        return _BODIES[shape.body % len(_BODIES)]
    red, green, blue = (round(255 * part) for part in shape.colour)
    return red, green, blue


def _shaded(colour: Colour, light: float) -> Colour:
    red, green, blue = (round(part * light) for part in colour)
    return red, green, blue


def captioned(picture: Image.Image, name: str, title: str, clock: str) -> Image.Image:
    """The picture under its name, its title and the time."""
    wide, high = picture.size
    image = Image.new("RGB", (wide, high + _CAPTION), _WHITE)
    image.paste(picture, (0, _CAPTION))
    pen = ImageDraw.Draw(image)
    bold, small = ImageFont.load_default(15), ImageFont.load_default(11)
    pen.text((6, 3), name, fill=_BLACK, font=bold)
    pen.text((6, 22), title, fill=_GREY, font=small)
    pen.text((wide - 6, 22), clock, fill=_GREY, font=small, anchor="ra")
    return image


def tiled(pictures: Sequence[Image.Image], columns: int) -> Image.Image:
    """Pictures of one size, in rows."""
    wide, high = pictures[0].size
    rows = -(-len(pictures) // columns)
    image = Image.new("RGB", (wide * columns, high * rows), _WHITE)
    for place, picture in enumerate(pictures):
        image.paste(picture, (wide * (place % columns), high * (place // columns)))
    return image


def picture_of(pixels: bytes, size: Size) -> Image.Image:
    """An image of rows of red, green and blue bytes."""
    return Image.fromarray(np.frombuffer(pixels, np.uint8).reshape(size[1], size[0], 3))
