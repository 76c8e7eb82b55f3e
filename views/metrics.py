"""Text -> how wide it is at most, in pixels, so that a layout can leave room for it."""

import math
import unicodedata
from functools import cache

from msgspec import Struct

# Advance widths of printable ASCII in thousandths of the size. They are those of a wide sans
# (DejaVu Sans), so that every usual fallback of `sans-serif` is as wide or narrower.
_REGULAR = (
    (318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337)
    + (636,) * 10
    + (337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295)
    + (656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390)
    + (337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278)
    + (974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838)
)
_BOLD = (
    (348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365)
    + (696,) * 10
    + (400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372)
    + (775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457)
    + (365, 457, 838, 500, 500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343)
    + (1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838)
)
# Fixed-width fonts have 0.602 em nearly everywhere; a little more is left.
_FIXED = (610,) * 95
_FIRST = 0x20
# Marks that the views themselves use.
_MARKS = {"\u00b7": 380, "\u00d7": 838, "\u2192": 838, "\u2190": 838, "\u2026": 1000}
_LATIN, _WIDE = 900, 1400
ELLIPSIS = "\u2026"


class Font(Struct, frozen=True):
    """A size in pixels with the advance widths to reckon with; `name` is its CSS class."""

    name: str
    size: float
    widths: tuple[int, ...]

    @property
    def ascent(self) -> int:
        """Pixels above the base line that letters take."""
        return math.ceil(self.size * 0.8)

    @property
    def descent(self) -> int:
        """Pixels below the base line that letters take."""
        return math.ceil(self.size * 0.22)


TITLE = Font("tt", 26, _BOLD)
HEAD = Font("th", 17, _BOLD)
NAME = Font("tn", 13, _BOLD)
STRONG = Font("tb", 11, _BOLD)
PLAIN = Font("tp", 11, _REGULAR)
SMALL = Font("ts", 10, _REGULAR)
FIXED = Font("tm", 10.5, _FIXED)
FONTS = (TITLE, HEAD, NAME, STRONG, PLAIN, SMALL, FIXED)


@cache
def measure_text(text: str, font: Font) -> int:
    """Measure a line of text in pixels, rounded up; never less than what is drawn."""
    return math.ceil(sum(_advance(sign, font) for sign in text) * font.size / 1000)


def _advance(sign: str, font: Font) -> int:
    place = ord(sign) - _FIRST
    if 0 <= place < len(font.widths):
        return font.widths[place]
    if sign in _MARKS:
        return _MARKS[sign]
    return _WIDE if unicodedata.east_asian_width(sign) in "WF" or place > 0xFFFF else _LATIN


def wrap_text(text: str, font: Font, width: int) -> tuple[str, ...]:
    """Break a text into lines of at most that width, at blanks where there are any."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if measure_text(joined, font) <= width:
            line = joined
            continue
        lines += [line] if line else []
        *whole, line = _break_word(word, font, width)
        lines += whole
    return (*lines, line) if line else tuple(lines)


def _break_word(word: str, font: Font, width: int) -> list[str]:
    parts = [""]
    for sign in word:
        if parts[-1] and measure_text(parts[-1] + sign, font) > width:
            parts.append("")
        parts[-1] += sign
    return parts


def shorten_text(text: str, font: Font, width: int) -> str:
    """Cut a text that is wider than that, with an ellipsis at its end."""
    if measure_text(text, font) <= width:
        return text
    while text and measure_text(text + ELLIPSIS, font) > width:
        text = text[:-1]
    return text + ELLIPSIS
