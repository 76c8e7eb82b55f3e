"""A site's tree -> columns from its circuit outwards: a place for each box, in whole pixels."""

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from config.site import Site
from terms.values import DeviceRef
from views.boxes import (
    ENTRY,
    STEP,
    Box,
    circuit_box,
    device_box,
    join_keys,
    round_up,
)
from views.cabling import CIRCUIT, Join, Line, Node, Tree
from views.cells import Station, cell_box
from views.drawing import Rect
from views.facts import DeviceFacts
from views.metrics import FIXED, SMALL, measure_text

TRACK = 8
# The entry of a line from a VPN bar, where it comes from the side.
VPN_ENTRY = "(vpn)"
PLATE_PAD = 5
_SIDE = 6
_SIBLING_GAP, _ROOT_GAP = 18, 30
_LABEL_PAD = 12


class Gutter(Struct, frozen=True):
    """The room left of a column: plates of exits, tracks, and labels of entries."""

    x: int
    plates: int
    # Tracks of the lines from parents to children, then those of other lines.
    fan: int
    others: int
    labels: int

    @property
    def fan_x(self) -> int:
        """Where the leftmost track of a fan lies."""
        return self.x + self.plates + _SIDE

    def other_x(self, number: int) -> int:
        """Where the track of another line lies."""
        return self.fan_x + (self.fan + number) * TRACK

    @property
    def width(self) -> int:
        """Everything, up to the column."""
        return self.plates + 2 * _SIDE + (self.fan + self.others) * TRACK + self.labels


class Columns(Struct, frozen=True):
    """Where everything of a site stands, with (0, 0) at the top left of its tree."""

    tree: Tree
    boxes: dict[str, Box]
    places: dict[str, Rect]
    gutters: tuple[Gutter, ...]
    width: int
    height: int

    def is_top(self, key: str) -> bool:
        """Whether nothing stands above that node in its column."""
        here = self.places[key]
        return not any(place.x == here.x and place.y < here.y for place in self.places.values())


def exit_label(join: Join, node: Node) -> str:
    """What is written where a line leaves a node to the right."""
    return "" if node.key == CIRCUIT else join.near.port or ""


def plate_width(label: str) -> int:
    """How wide the plate is that a port's name stands on; without a name there is none."""
    return measure_text(label, FIXED) + 2 * PLATE_PAD if label else 0


def entry_label(node: Node) -> tuple[str, str]:
    """What is written above and below a line that enters a node from the left."""
    if node.radio:
        return node.radio, f"{len(node.devices)}\u00d7"
    return join_label(node.joins[0]) if node.joins else ("", "")


def join_label(join: Join) -> tuple[str, str]:
    """Port, and speed or kind of radio, of a line at its far end."""
    return join.far.port or "", join.line.radio or (join.line.speed or "")


def other_label(line: Line, device: str, node: Node) -> tuple[str, str]:
    """What is written at one end of a line that closes a ring; a cell says whose end it is."""
    near = line.seen_from(device)[0]
    text = str(near) if node.radio else near.port or ""
    return text, line.radio or (line.speed or "")


class Request(Struct, frozen=True):
    """What is to be placed; lines of the VPN come to some devices from the side."""

    name: str
    site: Site
    tree: Tree
    facts: dict[DeviceRef, DeviceFacts]
    from_side: tuple[str, ...] = ()


def place_site(request: Request) -> Columns:
    """Place every node of a site's tree."""
    tree = request.tree
    boxes = {key: _make_box(request, node) for key, node in tree.nodes.items()}
    spare = Counter(tree.nodes[device].depth for device in request.from_side)
    depth = max(node.depth for node in tree.nodes.values())
    widths = [
        max((boxes[n.key].width for n in tree.nodes.values() if n.depth == column), default=0)
        for column in range(depth + 1)
    ]
    gutters, x = [], 0
    for column in range(depth + 1):
        gutters.append(_make_gutter(tree, column, x, spare[column]))
        x += gutters[-1].width + widths[column]
    tops = _place_rows(tree, boxes)
    places = {
        key: Rect(
            gutters[node.depth].x + gutters[node.depth].width,
            tops[key],
            widths[node.depth],
            boxes[key].height,
        )
        for key, node in tree.nodes.items()
    }
    height = max(place.bottom for place in places.values())
    return Columns(tree, boxes, places, tuple(gutters), x, height)


def _make_box(request: Request, node: Node) -> Box:
    name, site, tree, facts = request.name, request.site, request.tree, request.facts
    exits = [j for child in tree.children[node.key] for j in _exits_to(tree.nodes[child])]
    entries = [*join_keys(_entries(node)), *(line for line, _ in other_ends(tree, node.key))]
    entries += [VPN_ENTRY] if node.key in request.from_side else []
    if node.key == CIRCUIT:
        return circuit_box(name, site.circuit, tree.children[node.key])
    if not node.radio:
        return device_box(facts[DeviceRef(name, node.key)], join_keys(exits), entries)
    stations = [
        Station(
            facts[DeviceRef(name, device)],
            next(join.far.port or "" for join in node.joins if join.far.device == device),
            join_keys([join for join in exits if join.near.device == device]),
            _nested(request, node, device),
        )
        for device in node.devices
    ]
    return cell_box(node.radio, stations, entries)


def _nested(request: Request, node: Node, device: str) -> tuple[tuple[Join, DeviceFacts], ...]:
    """Stations of a station, drawn beside it."""
    return tuple(
        (join, request.facts[DeviceRef(request.name, join.far.device)])
        for join in request.tree.inner.get(node.key, ())
        if join.near.device == device
    )


def _exits_to(child: Node) -> tuple[Join, ...]:
    """Lines drawn to a child: every cable, and one for all stations of a cell."""
    return child.joins[:1] if child.radio else child.joins


def _entries(node: Node) -> tuple[Join, ...]:
    return node.joins[:1] if node.radio else node.joins


def other_ends(tree: Tree, key: str) -> Iterator[tuple[str, Line]]:
    """List the ends of ring-closing lines at a node, with a name for each end."""
    for line in tree.others:
        for end in (line.a, line.b):
            if tree.places.get(end.device) == key:
                yield f"{line.key}@{end}", line


def _make_gutter(tree: Tree, column: int, x: int, spare: int) -> Gutter:
    parents = [node for node in tree.nodes.values() if node.depth == column - 1]
    labels = [
        text for node in tree.nodes.values() if node.depth == column for text in _texts(tree, node)
    ]
    plates = [
        plate_width(exit_label(join, node))
        for node in parents
        for child in tree.children[node.key]
        for join in _exits_to(tree.nodes[child])
    ]
    fan = max(
        (sum(len(_exits_to(tree.nodes[c])) for c in tree.children[n.key]) - 1 for n in parents),
        default=0,
    )
    widest = max((measure_text(text, SMALL) for text in labels if text), default=0)
    others = spare + sum(1 for _ in _tracks_of(tree, column))
    room = widest + _LABEL_PAD if widest or column else 0
    return Gutter(x, max(plates, default=0), max(fan, 0), others, room)


def _texts(tree: Tree, node: Node) -> Iterator[str]:
    yield from entry_label(node)
    for join in node.joins[1:]:
        yield from join_label(join)
    for _, line in other_ends(tree, node.key):
        for end in (line.a, line.b):
            if tree.places[end.device] == node.key:
                yield from other_label(line, end.device, node)
    if node.key != CIRCUIT and node.parent == CIRCUIT and tree.uplink:
        yield tree.uplink.port or ""


def _tracks_of(tree: Tree, column: int) -> Iterator[Line]:
    """List the ring-closing lines that need a track left of a column."""
    for line in tree.others:
        depths = {tree.nodes[tree.places[end.device]].depth for end in (line.a, line.b)}
        if column in depths:
            yield line


def number_tracks(tree: Tree) -> dict[tuple[Line, int], int]:
    """Number the tracks of ring-closing lines in each gutter; those of the VPN come after them."""
    columns = range(1 + max(node.depth for node in tree.nodes.values()))
    return {
        (line, column): number
        for column in columns
        for number, line in enumerate(_tracks_of(tree, column))
    }


def _place_rows(tree: Tree, boxes: dict[str, Box]) -> dict[str, int]:
    """Give each node the highest row where its column is free, level with its first child."""
    tops: dict[str, int] = {}
    bottoms: dict[int, int] = {}
    for root in tree.roots:
        floor = max(bottoms.values(), default=-_ROOT_GAP) + _ROOT_GAP
        stack = [(root, round_up(floor))]
        while stack:
            key, least = stack.pop()
            if key not in tops:
                _place_chain(tree, boxes, key, (least, tops, bottoms))
            start = tops[key] + _lead(boxes[key])
            stack += [(child, start) for child in reversed(tree.children[key])]
    return tops


def _place_chain(
    tree: Tree, boxes: dict[str, Box], key: str, state: tuple[int, dict[str, int], dict[int, int]]
) -> None:
    """Place a node, its first child, the first child of that one, ... on one level."""
    top, tops, bottoms = state
    chain, shift = [(key, 0)], 0
    while children := tree.children[chain[-1][0]]:
        shift += _lead(boxes[chain[-1][0]])
        chain.append((children[0], shift))
    for node, lower in chain:
        depth = tree.nodes[node].depth
        if depth in bottoms:
            top = max(top, bottoms[depth] + _SIBLING_GAP - lower)
    for node, lower in chain:
        tops[node] = top + lower
        bottoms[tree.nodes[node].depth] = tops[node] + boxes[node].height


def _lead(box: Box) -> int:
    """How far below the top of its parent a first child begins."""
    first = min(box.exits.values(), default=ENTRY)
    return round_up(first - ENTRY, STEP)
