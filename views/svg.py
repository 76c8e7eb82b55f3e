"""A drawing -> the text of an SVG file that stands alone: style, icons and names are inside."""

import re
from collections.abc import Callable, Iterator

from views.drawing import (
    Anchor,
    Drawing,
    Group,
    Icon,
    Item,
    Point,
    Rail,
    Shape,
    Taps,
    Text,
    Wire,
)
from views.icons import ICONS, TILES
from views.palette import write_style

# XML 1.0 section 2.2: control characters have no written form at all.
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}
_TABLE = _CONTROLS | dict.fromkeys(range(55296, 57344), "�") | _ESCAPES
# Most texts hold none of them, and a search is ten times as fast as a translation.
_SPECIAL = re.compile(f"[{re.escape(''.join(map(chr, _TABLE)))}]")
_CORNER = 5
# The square that signs are drawn in.
_GRID = 20


def escape_text(text: str) -> str:
    """Write any text so that it is text in an element and in a quoted attribute."""
    return text.translate(_TABLE) if _SPECIAL.search(text) else text


def write_svg(drawing: Drawing) -> str:
    """Write a drawing as an SVG file; the same drawing gives the same bytes."""
    lines = list(_head(drawing))
    _write_items(drawing.items, drawing.name, lines.append)
    return "\n".join([*lines, "</svg>", ""])


def _head(drawing: Drawing) -> Iterator[str]:
    name, width, height = drawing.name, drawing.width, drawing.height
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="la1r" id="{name}" role="img"'
        f' aria-labelledby="{name}-title {name}-desc" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}">'
    )
    yield f'<title id="{name}-title">{escape_text(drawing.title)}</title>'
    yield f'<desc id="{name}-desc">{escape_text(drawing.description)}</desc>'
    heads = f"#{name} .a{{marker-end:url(#{name}-arrow)}}"
    yield f"<style>{write_style()}{heads}</style>"
    used: set[tuple[str, int, str]] = set()
    _gather_icons(drawing.items, used)
    icons = (_define_icon(name, *one) for one in sorted(used))
    arrow = (
        f'<marker id="{name}-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8"'
        ' markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
        '<path class="ah" d="M0 .5L8 4L0 7.5z"/></marker>'
    )
    yield f"<defs>{arrow}{''.join(icons)}</defs>"
    yield f'<rect class="bg" width="{width}" height="{height}"/>'


def _gather_icons(items: tuple[Item, ...], used: set[tuple[str, int, str]]) -> None:
    for item in items:
        if isinstance(item, Group):
            _gather_icons(item.items, used)
        elif isinstance(item, Icon):
            used.add((item.name, item.size, item.style))


def _icon_id(name: str, icon: str, size: int, style: str) -> str:
    return f"{name[0]}-{icon}{size}{style}"


def _define_icon(name: str, icon: str, size: int, style: str) -> str:
    """Define a sign once in a size, so that each use of it is short; a tile has a ground."""
    scale, drawn = f"{size / _GRID:g}", ICONS[icon]
    inner = f'<g transform="scale({scale})">{drawn}</g>' if size != _GRID else drawn
    tile = ""
    if style in TILES:
        # No colour of its own: it takes those of the style of whoever uses it.
        tile = '<rect width="28" height="28" rx="7"/>'
        inner = f'<g transform="translate(4 4)">{drawn}</g>'
    return f'<g id="{_icon_id(name, icon, size, style)}">{tile}{inner}</g>'


def _write_items(
    items: tuple[Item, ...], name: str, write: Callable[[str], None], by: Point = (0, 0)
) -> None:
    """Hand every line to `write`: nested generators would pass each through all their levels."""
    for item in items:
        match item:
            case Group() if not (item.data or item.title or item.style):
                _write_items(item.items, name, write, _add(by, item.at))
            case Group():
                write(_open_group(item, _add(by, item.at)))
                _write_items(item.items, name, write)
                write("</g>")
            case Shape():
                write(_write_shape(item, by))
            case Text():
                write(_write_text(item, by))
            case Wire():
                points = tuple(_add(by, point) for point in item.points)
                write(f'<path class="w {item.style}" d="{_path(points)}"/>')
            case Rail():
                y = item.y + by[1]
                drawn = "".join(f"M{by[0] + a} {y}H{by[0] + b}" for a, b in item.pieces)
                write(f'<path class="w a {item.style}" d="{drawn}"/>')
            case Taps():
                x, heights = item.trunk + by[0], [y + by[1] for y in item.heights]
                lines = "".join(f"M{x} {y}H{item.end + by[0]}" for y in heights)
                # A line of no length with round ends is a dot.
                dots = "".join(f"M{x} {y}h0" for y in heights)
                write(f'<path class="w {item.style}" d="{lines}"/>')
                write(f'<path class="w dot {item.style}" d="{dots}"/>')
            case Icon():
                place = _place((item.x, item.y), by)
                style = f' class="{item.style}"' if item.style else ""
                sign = _icon_id(name, item.name, item.size, item.style)
                write(f'<use{style} href="#{sign}"{place}/>')


def _add(first: Point, second: Point) -> Point:
    return first[0] + second[0], first[1] + second[1]


def _place(at: Point, by: Point) -> str:
    """Write a place; zero is what a place is anyway."""
    x, y = _add(at, by)
    return (f' x="{x}"' if x else "") + (f' y="{y}"' if y else "")


def _open_group(group: Group, at: Point) -> str:
    style = f' class="{group.style}"' if group.style else ""
    data = "".join(f' data-{key}="{escape_text(value)}"' for key, value in group.data)
    moved = f' transform="translate({at[0]} {at[1]})"' if at != (0, 0) else ""
    title = f"<title>{escape_text(group.title)}</title>" if group.title else ""
    return f"<g{style}{data}{moved}>{title}"


def _write_shape(shape: Shape, by: Point) -> str:
    rect = shape.rect
    corner = f' rx="{shape.radius}"' if shape.radius else ""
    place = _place((rect.x, rect.y), by)
    return (
        f'<rect class="{shape.style}"{place} width="{rect.width}" height="{rect.height}"{corner}/>'
    )


def _write_text(text: Text, by: Point) -> str:
    anchor = {Anchor.START: "", Anchor.MIDDLE: " m", Anchor.END: " e"}[text.anchor]
    style = f"{text.font.name}{anchor} {text.style}".rstrip()
    return f'<text class="{style}"{_place((text.x, text.y), by)}>{escape_text(text.content)}</text>'


def _path(points: tuple[Point, ...]) -> str:
    """Draw the pieces with rounded corners; a piece too short for one keeps it sharp."""
    (x, y), *rest = points
    parts = [f"M{x} {y}"]
    for place, here in enumerate(rest):
        following = rest[place + 1] if place + 1 < len(rest) else None
        parts.append(_piece((x, y), here, following))
        x, y = here
    return "".join(parts)


def _piece(before: Point, here: Point, following: Point | None) -> str:
    level = before[1] == here[1]
    if following is None or _length(before, here) < 2 or _length(here, following) < 2:
        return f"H{here[0]}" if level else f"V{here[1]}"
    corner = min(_CORNER, _length(before, here) // 2, _length(here, following) // 2)
    start, end = _towards(here, before, corner), _towards(here, following, corner)
    turn = f"q{here[0] - start[0]} {here[1] - start[1]} {end[0] - start[0]} {end[1] - start[1]}"
    return (f"H{start[0]}" if level else f"V{start[1]}") + turn


def _length(first: Point, second: Point) -> int:
    return abs(first[0] - second[0]) + abs(first[1] - second[1])


def _towards(here: Point, there: Point, by: int) -> Point:
    return (
        here[0] + by * ((there[0] > here[0]) - (there[0] < here[0])),
        here[1] + by * ((there[1] > here[1]) - (there[1] < here[1])),
    )
