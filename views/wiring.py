"""Places of boxes -> the lines between them: in gutters and lanes, never through a box."""

from collections.abc import Iterator

from terms.values import DeviceRef
from views.boxes import ENTRY, ENTRY_PITCH
from views.cabling import CIRCUIT, Join, Line, Node
from views.drawing import Anchor, Group, Item, Point, Rect, Shape, Text, Wire
from views.metrics import FIXED, SMALL
from views.site_layout import (
    PLATE_PAD,
    TRACK,
    Columns,
    entry_label,
    exit_label,
    join_label,
    number_tracks,
    other_label,
    plate_width,
)

_PLATE_HEIGHT = 14
_LANE = 12
# Half of the step that boxes and ports keep to: such a line shares no row with another.
_OFF = 3


def draw_lines(columns: Columns, site: str) -> list[Item]:
    """Draw every line of the site's tree, and those beside it."""
    items: list[Item] = []
    for key, node in columns.tree.nodes.items():
        items += _draw_fan(columns, node, site)
        if node.parent == CIRCUIT:
            items += _draw_uplink(columns, key, site)
    return [*items, *_draw_others(columns, site)]


def lanes_height(columns: Columns) -> int:
    """How much room lines over several columns take below everything else."""
    return sum(_LANE for line in columns.tree.others if not _is_near(columns, line))


def _is_near(columns: Columns, line: Line) -> bool:
    tree = columns.tree
    depths = {tree.nodes[tree.places[end.device]].depth for end in (line.a, line.b)}
    return len(depths) == 1


def _draw_fan(columns: Columns, node: Node, site: str) -> Iterator[Item]:
    """Draw the lines from a node to its children: the upper, the further right they go down."""
    if node.key == CIRCUIT:
        return
    tree, here, box = columns.tree, columns.places[node.key], columns.boxes[node.key]
    fan = [
        (child, join, place)
        for child in tree.children[node.key]
        for place, join in enumerate(_drawn(tree.nodes[child]))
    ]
    for number, (child, join, place) in enumerate(fan):
        there = columns.places[child]
        label = exit_label(join, node)
        start = (here.right + plate_width(label), here.y + box.exits[join.line.key])
        end = (there.x, there.y + ENTRY + ENTRY_PITCH * place)
        gutter = columns.gutters[node.depth + 1]
        track = gutter.fan_x + (len(fan) - 1 - number) * TRACK
        labels = entry_label(tree.nodes[child]) if not place else join_label(join)
        items = [
            Wire(_bend(start, track, end), str(join.line.medium)),
            *_write_plate(here.right, start[1], label),
            *_write_entry(end, labels),
        ]
        joins = tree.nodes[child].joins if tree.nodes[child].radio else (join,)
        yield _group(items, site, joins)


def _drawn(node: Node) -> tuple[Join, ...]:
    return node.joins[:1] if node.radio else node.joins


def _bend(start: Point, track: int, end: Point) -> tuple[Point, ...]:
    if start[1] == end[1]:
        return start, end
    return start, (track, start[1]), (track, end[1]), end


def _group(items: list[Item], site: str, joins: tuple[Join, ...]) -> Group:
    """Name the link, or all links of a radio cell, for programs and for a resting pointer."""
    ids = " ".join(link_id(site, join.line) for join in joins)
    line = joins[0].line
    far = str(line.b) if len(joins) == 1 else f"{len(joins)} stations"
    return Group(tuple(items), (("link", ids),), f"{line.a} to {far}")


def link_id(site: str, line: Line) -> str:
    """Name a link of the plan: site, then both ends as they are written."""
    return f"{site}/{line.id}"


def _write_plate(x: int, y: int, label: str) -> list[Item]:
    """Write a port's name on a plate at the edge of its device."""
    if not label:
        return []
    plate = Rect(x, y - _PLATE_HEIGHT // 2, plate_width(label), _PLATE_HEIGHT)
    return [Shape(plate, "plate", 3), Text(x + PLATE_PAD, y + 4, label, FIXED)]


def _write_entry(end: Point, labels: tuple[str, str]) -> list[Item]:
    above, below = labels
    x, y = end[0] - 4, end[1]
    return [
        Text(x, y + shift, text, SMALL, style, Anchor.END)
        for text, shift, style in ((above, -5, ""), (below, 13, "soft"))
        if text
    ]


def _draw_uplink(columns: Columns, key: str, site: str) -> Iterator[Item]:
    start, end = columns.places[CIRCUIT], columns.places[key]
    uplink = columns.tree.uplink
    y = start.y + ENTRY
    items: list[Item] = [Wire(((start.right, y), (end.x, y)), str(columns.tree.uplink_medium))]
    items += _write_entry((end.x, y), (uplink.port or "" if uplink else "", ""))
    yield Group(
        tuple(items), (("uplink", str(DeviceRef(site, key))),), f"uplink of {site}: {uplink}"
    )


def _draw_others(columns: Columns, site: str) -> Iterator[Item]:
    """Draw lines that close a ring: around the left of a column, or through a lane below all."""
    lane = columns.height
    numbers = number_tracks(columns.tree)
    for line in columns.tree.others:
        nodes = [columns.tree.nodes[columns.tree.places[end.device]] for end in (line.a, line.b)]
        first, second = (
            _entry_of(columns, node, f"{line.key}@{end}")
            for node, end in zip(nodes, (line.a, line.b), strict=True)
        )
        left, right = (
            columns.gutters[node.depth].other_x(numbers[line, node.depth]) for node in nodes
        )
        lane += 0 if left == right else _LANE
        items: list[Item] = [Wire(_around(first, left, second, right, lane), str(line.medium))]
        for place, node, end in zip((first, second), nodes, (line.a, line.b), strict=True):
            items += _write_entry(place, other_label(line, end.device, node))
        data = (("link", link_id(site, line)),)
        yield Group(tuple(items), data, f"{line.a} to {line.b}")


def _around(first: Point, left: int, second: Point, right: int, lane: int) -> tuple[Point, ...]:
    lanes = () if left == right else ((left, lane), (right, lane))
    return first, (left, first[1]), *lanes, (right, second[1]), second


def _entry_of(columns: Columns, node: Node, name: str) -> Point:
    place, box = columns.places[node.key], columns.boxes[node.key]
    return place.x, place.y + box.entries[name] + _OFF
