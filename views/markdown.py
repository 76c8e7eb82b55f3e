"""Texts of others -> Markdown that shows and never obeys them, within a number of bytes."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from views.difference_text import visible

# A single line longer than this is cut: it would push everything else out.
MAX_LINE = 600
ELLIPSIS = "…"
_TICKS = re.compile("`+")


def size(text: str) -> int:
    """The size by which a budget is counted: bytes, which are never fewer than characters."""
    return len(text.encode("utf-8", "replace"))


def code(text: str) -> str:
    """The text as a code span: no mention, link, tag or emphasis works there (CommonMark 6.1)."""
    shown = plain(text).replace("\t", " ") or " "
    fence = "`" * (_longest_ticks(shown) + 1)
    # A space parts the fence from a tick of the text, and CommonMark takes both spaces away.
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def plain(text: str) -> str:
    """The text on one line of bearable length, with nothing in it that cannot be seen."""
    return shorten(visible(text[: MAX_LINE + 1]))


def shorten(text: str) -> str:
    """The text, cut where it is longer than a line may be."""
    return text if len(text) <= MAX_LINE else text[: MAX_LINE - 1] + ELLIPSIS


def fold(title: str, body: Sequence[str]) -> list[str]:
    """A part that is closed at first; the title is plain words of ours or went through `tag`."""
    return ["<details>", f"<summary>{title}</summary>", "", *body, "", "</details>", ""]


def tag(text: str) -> str:
    """The text as code where Markdown is not read, as in a summary."""
    return f"<code>{escape(plain(text))}</code>"


def block(lines: Iterable[str], language: str) -> list[str]:
    """Lines as a code block whose fence none of them can close (CommonMark 4.5)."""
    shown = [plain(line) for line in lines]
    fence = "`" * max(3, 1 + max(map(_longest_ticks, shown), default=0))
    return [f"{fence}{language}", *shown, fence]


def take(lines: Sequence[str], budget: int) -> tuple[list[str], int]:
    """As many lines from the start as the budget of bytes holds, and how many are left over."""
    taken: list[str] = []
    for line in lines:
        budget -= size(line) + 1
        if budget < 0:
            break
        taken.append(line)
    return taken, len(lines) - len(taken)


def _longest_ticks(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)
