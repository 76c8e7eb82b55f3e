"""A drawing -> the text of an SVG file that stands alone: style, icons and names are inside."""

from collections.abc import Iterator

from views.drawing import Anchor, Drawing, Group, Icon, Item, Point, Shape, Text, Wire, walk_items
from views.icons import ICONS
from views.palette import write_style

# XML 1.0 section 2.2: control characters have no written form at all.
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}
_TABLE = _CONTROLS | dict.fromkeys(range(55296, 57344), "�") | _ESCAPES
_CORNER = 5


def escape_text(text: str) -> str:
    """Write any text so that it is text in an element and in a quoted attribute."""
    return text.translate(_TABLE)


def write_svg(drawing: Drawing) -> str:
    """Write a drawing as an SVG file; the same drawing gives the same bytes."""
    return "\n".join([*_head(drawing), *_write_items(drawing.items, drawing.name), "</svg>", ""])


def _head(drawing: Drawing) -> Iterator[str]:
    name, width, height = drawing.name, drawing.width, drawing.height
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="la1r" id="{name}" role="img"'
        f' aria-labelledby="{name}-title {name}-desc" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}">'
    )
    yield f'<title id="{name}-title">{escape_text(drawing.title)}</title>'
    yield f'<desc id="{name}-desc">{escape_text(drawing.description)}</desc>'
    yield f"<style>{write_style()}</style>"
    used = {item.name for item, _ in walk_items(drawing.items) if isinstance(item, Icon)}
    symbols = (
        f'<symbol id="{name}-{icon}" viewBox="0 0 20 20">{ICONS[icon]}</symbol>'
        for icon in sorted(used)
    )
    arrow = (
        f'<marker id="{name}-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8"'
        ' markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
        '<path class="ah" d="M0 .5L8 4L0 7.5z"/></marker>'
    )
    yield f"<defs>{arrow}{''.join(symbols)}</defs>"
    yield f'<rect class="bg" width="{width}" height="{height}"/>'


def _write_items(items: tuple[Item, ...], name: str) -> Iterator[str]:
    for item in items:
        match item:
            case Group():
                yield _open_group(item)
                yield from _write_items(item.items, name)
                yield "</g>"
            case Shape():
                yield _write_shape(item)
            case Text():
                yield _write_text(item)
            case Wire():
                yield _write_wire(item, name)
            case Icon():
                style = f' class="{item.style}"' if item.style else ""
                yield (
                    f'<use href="#{name}-{item.name}"{style} x="{item.x}" y="{item.y}"'
                    f' width="{item.size}" height="{item.size}"/>'
                )


def _open_group(group: Group) -> str:
    style = f' class="{group.style}"' if group.style else ""
    data = "".join(f' data-{key}="{escape_text(value)}"' for key, value in group.data)
    moved = f' transform="translate({group.at[0]} {group.at[1]})"' if group.at != (0, 0) else ""
    title = f"<title>{escape_text(group.title)}</title>" if group.title else ""
    return f"<g{style}{data}{moved}>{title}"


def _write_shape(shape: Shape) -> str:
    rect = shape.rect
    corner = f' rx="{shape.radius}"' if shape.radius else ""
    return (
        f'<rect class="{shape.style}" x="{rect.x}" y="{rect.y}"'
        f' width="{rect.width}" height="{rect.height}"{corner}/>'
    )


def _write_text(text: Text) -> str:
    style = f"{text.font.name} {text.style}".strip()
    anchor = "" if text.anchor is Anchor.START else f' text-anchor="{text.anchor}"'
    return (
        f'<text class="{style}" x="{text.x}" y="{text.y}"{anchor}>'
        f"{escape_text(text.content)}</text>"
    )


def _write_wire(wire: Wire, name: str) -> str:
    head = f' marker-end="url(#{name}-arrow)"' if wire.arrow else ""
    return f'<path class="w {wire.style}" d="{_path(wire.points)}"{head}/>'


def _path(points: tuple[Point, ...]) -> str:
    """Draw the pieces with rounded corners; a piece too short for one keeps it sharp."""
    (x, y), *rest = points
    parts = [f"M{x} {y}"]
    for place, (here_x, here_y) in enumerate(rest):
        following = rest[place + 1] if place + 1 < len(rest) else None
        parts.append(_piece((x, y), (here_x, here_y), following))
        x, y = here_x, here_y
    return "".join(parts)


def _piece(before: Point, here: Point, following: Point | None) -> str:
    if following is None or _length(before, here) < 2 or _length(here, following) < 2:
        return f"L{here[0]} {here[1]}"
    corner = min(_CORNER, _length(before, here) // 2, _length(here, following) // 2)
    start, end = _towards(here, before, corner), _towards(here, following, corner)
    return f"L{start[0]} {start[1]}Q{here[0]} {here[1]} {end[0]} {end[1]}"


def _length(first: Point, second: Point) -> int:
    return abs(first[0] - second[0]) + abs(first[1] - second[1])


def _towards(here: Point, there: Point, by: int) -> Point:
    return (
        here[0] + by * ((there[0] > here[0]) - (there[0] < here[0])),
        here[1] + by * ((there[1] > here[1]) - (there[1] < here[1])),
    )
