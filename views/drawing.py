"""What a finished layout consists of: frozen shapes, texts, wires and icons with whole pixels."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct, field

from views.metrics import Font, measure_text

Point = tuple[int, int]


class Rect(Struct, frozen=True):
    """An area in pixels; y grows downwards."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """First pixel column right of it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First pixel row below it."""
        return self.y + self.height

    def moved(self, by: Point) -> "Rect":
        """The same area somewhere else."""
        return Rect(self.x + by[0], self.y + by[1], self.width, self.height)

    def overlaps(self, other: "Rect") -> bool:
        """Whether they share a pixel; touching edges share none."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def holds(self, other: "Rect") -> bool:
        """Whether the other lies inside it, edges included."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


class Anchor(StrEnum):
    """Which point of a text its x is."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


class Shape(Struct, frozen=True):
    """A rectangle; no wire passes through one that is solid."""

    rect: Rect
    style: str
    radius: int = 6
    solid: bool = False


class Text(Struct, frozen=True):
    """One line of text at its base line."""

    x: int
    y: int
    content: str
    font: Font
    style: str = ""
    anchor: Anchor = Anchor.START

    @property
    def rect(self) -> Rect:
        """The area that its letters take at most."""
        width = measure_text(self.content, self.font)
        shift = {Anchor.START: 0, Anchor.MIDDLE: width // 2, Anchor.END: width}[self.anchor]
        ascent = self.font.ascent
        return Rect(self.x - shift, self.y - ascent, width, ascent + self.font.descent)


class Wire(Struct, frozen=True):
    """A line of horizontal and vertical pieces."""

    points: tuple[Point, ...]
    style: str


class Rail(Struct, frozen=True):
    """A level line with gaps where signs stand, as pairs of x; its last piece has a head."""

    y: int
    pieces: tuple[tuple[int, int], ...]
    style: str


class Taps(Struct, frozen=True):
    """Level lines from a trunk to the right, each from a dot on it."""

    trunk: int
    end: int
    heights: tuple[int, ...]
    style: str


class Icon(Struct, frozen=True):
    """A drawn sign from the views' own set, in a square."""

    name: str
    x: int
    y: int
    size: int
    style: str = ""


class Group(Struct, frozen=True):
    """Items that are one thing of the plan: moved together, named, and readable by programs."""

    items: "tuple[Item, ...]"
    data: tuple[tuple[str, str], ...] = ()
    title: str = ""
    style: str = ""
    at: Point = (0, 0)


Item = Shape | Text | Wire | Rail | Taps | Icon | Group


class Drawing(Struct, frozen=True):
    """A whole picture; `name` makes its ids unique beside other pictures in one page."""

    name: str
    title: str
    description: str
    width: int
    height: int
    items: tuple[Item, ...] = field(default=())


Leaf = Shape | Text | Wire | Rail | Taps | Icon


def walk_items(items: tuple[Item, ...], by: Point = (0, 0)) -> Iterator[tuple[Leaf, Point]]:
    """List everything that is drawn, with how far its groups move it."""
    for item in items:
        if isinstance(item, Group):
            yield from walk_items(item.items, (by[0] + item.at[0], by[1] + item.at[1]))
        else:
            yield item, by
