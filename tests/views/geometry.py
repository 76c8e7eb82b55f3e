"""Looks at the values of a drawing: what overlaps, what is crossed, what is outside."""

import itertools
from collections.abc import Iterator, Sequence

from views.drawing import Drawing, Point, Rail, Rect, Shape, Taps, Text, Wire, walk_items

# A line that touches a border does not pass through what is behind it.
_TOUCH = 1


def texts_of(drawing: Drawing) -> list[tuple[str, Rect]]:
    """List the texts with the areas that they take."""
    return [
        (item.content, item.rect.moved(by))
        for item, by in walk_items(drawing.items)
        if isinstance(item, Text)
    ]


def boxes_of(drawing: Drawing) -> list[tuple[str, Rect]]:
    """List the boxes that no line may pass through."""
    return [
        (item.style, item.rect.moved(by))
        for item, by in walk_items(drawing.items)
        if isinstance(item, Shape) and item.solid
    ]


def pieces_of(drawing: Drawing) -> list[tuple[str, Rect]]:
    """List the straight pieces of all lines, each as an area one pixel high or wide."""
    found = []
    for item, (right, down) in walk_items(drawing.items):
        if isinstance(item, Wire):
            for (x, y), (to_x, to_y) in zip(item.points, item.points[1:], strict=False):
                assert x == to_x or y == to_y, "a piece is neither level nor upright"
                area = Rect(min(x, to_x), min(y, to_y), abs(x - to_x), abs(y - to_y))
                found.append((item.style, area.moved((right, down))))
        if isinstance(item, Rail):
            for start, end in item.pieces:
                found.append((item.style, Rect(start + right, item.y + down, end - start, 0)))
        if isinstance(item, Taps):
            for height in item.heights:
                area = Rect(item.trunk, height, item.end - item.trunk, 0)
                found.append((item.style, area.moved((right, down))))
    return found


def overlaps(things: Sequence[tuple[str, Rect]]) -> list[str]:
    """List the pairs that share pixels."""
    return [
        f"{a} {one} / {b} {two}" for (a, one), (b, two) in _near(things, things) if one is not two
    ]


def crossings(lines: Sequence[tuple[str, Rect]], areas: Sequence[tuple[str, Rect]]) -> list[str]:
    """List the lines that pass through areas; one that stays inside a radio cell may."""
    thick = [
        (name, Rect(line.x, line.y, max(line.width, 1), max(line.height, 1)))
        for name, line in lines
    ]
    inner = [
        (name, Rect(area.x + _TOUCH, area.y + _TOUCH, area.width - 2, area.height - 2))
        for name, area in areas
    ]
    return [
        f"{a} {line} through {b} {area}"
        for (a, line), (b, area) in _near(thick, inner)
        if not (b == "cell" and area.holds(line))
    ]


def shared_pieces(drawing: Drawing) -> list[str]:
    """List the pieces of two lines that lie on each other, so that nobody could tell them apart."""
    wires = [(item, by) for item, by in walk_items(drawing.items) if isinstance(item, Wire)]
    seen: dict[tuple[bool, int], list[tuple[int, int, int]]] = {}
    found = []
    for number, (wire, by) in enumerate(wires):
        for level, row, start, end in _spans(wire, by):
            beside = seen.setdefault((level, row), [])
            found += [
                f"{wires[other][0]} / {wire}"
                for other, low, high in beside
                if other != number and min(high, end) - max(low, start) > _TOUCH
            ]
            beside.append((number, start, end))
    return found


def _spans(wire: Wire, by: Point) -> Iterator[tuple[bool, int, int, int]]:
    """Give each piece as: level or upright, its row or column, start and end."""
    places = [(x + by[0], y + by[1]) for x, y in wire.points]
    for (x, y), (to_x, to_y) in itertools.pairwise(places):
        if y == to_y:
            yield True, y, min(x, to_x), max(x, to_x)
        else:
            yield False, x, min(y, to_y), max(y, to_y)


def outside(drawing: Drawing) -> list[str]:
    """List what the picture cuts off."""
    page = Rect(0, 0, drawing.width, drawing.height)
    everything = [*texts_of(drawing), *boxes_of(drawing), *pieces_of(drawing)]
    return [f"{name} {rect}" for name, rect in everything if not page.holds(rect)]


def _near(
    first: Sequence[tuple[str, Rect]], second: Sequence[tuple[str, Rect]]
) -> Iterator[tuple[tuple[str, Rect], tuple[str, Rect]]]:
    """Pair what overlaps; rows of 64 pixels keep the number of comparisons low."""
    rows: dict[int, list[int]] = {}
    for place, (_, rect) in enumerate(second):
        for row in range(rect.y // 64, rect.bottom // 64 + 1):
            rows.setdefault(row, []).append(place)
    for number, one in enumerate(first):
        near = {
            p for row in range(one[1].y // 64, one[1].bottom // 64 + 1) for p in rows.get(row, ())
        }
        for place in sorted(near):
            if (first is not second or place > number) and one[1].overlaps(second[place][1]):
                yield one, second[place]
