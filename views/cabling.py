"""A site's cables and radio links -> a tree from its circuit outwards, and the links beside it."""

import re
from collections import deque
from functools import cache

from msgspec import Struct, field

from config.inventory import router_of
from config.links import End, read_end
from config.site import Site
from terms.values import DeviceRole, Medium, Speed

# The node that stands for the uplink; no device can be called so.
CIRCUIT = "(circuit)"
_DIGITS = re.compile(r"(\d+)")
# Which device a part of the site that hangs on nothing is drawn from.
_FIRST_ROLES = tuple(DeviceRole)


@cache
def natural_key(text: str) -> tuple[tuple[int, str], ...]:
    """Sort port2 before port10."""
    parts = _DIGITS.split(text)
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts if part)


class Line(Struct, frozen=True):
    """A cable or a radio link between two devices of one site."""

    a: End
    b: End
    medium: Medium
    speed: Speed | None = None
    radio: str = ""

    @property
    def id(self) -> str:
        """The same for the same link: both ends as they are written."""
        return f"{self.a}~{self.b}"

    @property
    def key(self) -> str:
        """The id with the kind of radio: two devices may meet on two of them."""
        return f"{self.id}({self.radio})"

    def seen_from(self, device: str) -> tuple[End, End]:
        """The end at that device, then the other."""
        return (self.a, self.b) if self.a.device == device else (self.b, self.a)


class Join(Struct, frozen=True):
    """A line as it leads from a node to one in the next column."""

    line: Line
    near: End
    far: End


class Node(Struct, frozen=True):
    """The circuit, a device, or the stations of one radio cell."""

    key: str
    devices: tuple[str, ...]
    parent: str | None
    depth: int
    # Lines from the parent; several for bundled cables and for the stations of a cell.
    joins: tuple[Join, ...] = ()
    # For a cell: wifi, zigbee, ...
    radio: str = ""


class Tree(Struct, frozen=True):
    """Nodes from the circuit outwards; a parent stands before its children."""

    nodes: dict[str, Node]
    children: dict[str, tuple[str, ...]]
    roots: tuple[str, ...]
    # Node in which each device is drawn.
    places: dict[str, str]
    # Stations of a station, with nothing behind them: they stand in its cell too.
    inner: dict[str, tuple[Join, ...]]
    # Lines that close a ring, or join what is no parent and child.
    others: tuple[Line, ...]
    # Devices that no line reaches.
    unlinked: tuple[str, ...]
    # Port of the device behind the circuit, where one is described.
    uplink: End | None
    uplink_medium: Medium


def list_lines(site: Site) -> tuple[Line, ...]:
    """List cables, then radio links; one that is written twice is the same line."""
    cables = (
        Line(read_end(cable.a), read_end(cable.b), cable.medium, cable.speed)
        for cable in site.cables
    )
    radio = (
        Line(read_end(link.a), read_end(link.b), Medium.WIRELESS, radio=link.kind)
        for link in site.wireless
    )
    return tuple(dict.fromkeys((*cables, *radio)))


def find_uplink(site: Site) -> End | None:
    """Find the port that the circuit ends on: behind the router, through a media converter."""
    device = router_of(site) or next(
        (name for name, one in sorted(site.devices.items()) if _uplink_port(site, name)), None
    )
    if device is None or device not in site.devices:
        return None
    cabled = {end: other for line in list_lines(site) for end, other in _both(line)}
    here, seen = End(device, _uplink_port(site, device)), {device}
    while (there := cabled.get(here)) and there.device not in seen:
        seen.add(there.device)
        here = End(there.device, _way_out(site, there, cabled))
    return here


def _both(line: Line) -> tuple[tuple[End, End], tuple[End, End]]:
    return (line.a, line.b), (line.b, line.a)


def _uplink_port(site: Site, device: str) -> str | None:
    ports = site.devices[device].interfaces
    return next((name for name, port in sorted(ports.items()) if port.uplink), None)


def _way_out(site: Site, entry: End, cabled: dict[End, End]) -> str | None:
    """The other port of a media converter, else the uplink of whatever it is."""
    device = site.devices[entry.device]
    if device.role is not DeviceRole.MEDIA_CONVERTER:
        return _uplink_port(site, entry.device)
    free = (name for name in sorted(device.interfaces) if End(entry.device, name) not in cabled)
    return next(free, None)


class _Growth(Struct):
    """The tree while it grows; it is frozen when nothing is left to visit."""

    lines: dict[str, list[Line]]
    # Devices that get a box of their own wherever they hang.
    alone: frozenset[str]
    nodes: dict[str, Node] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    inner: dict[str, list[Join]] = field(default_factory=dict)
    used: set[Line] = field(default_factory=set)
    queue: deque[str] = field(default_factory=deque)

    def add(self, node: Node) -> None:
        self.nodes[node.key] = node
        self.children[node.key] = []
        self.places |= dict.fromkeys(node.devices, node.key)
        self.used |= {join.line for join in node.joins}
        self.queue.append(node.key)
        if node.parent is not None:
            self.children[node.parent].append(node.key)

    def visit_all(self) -> None:
        while self.queue:
            node = self.nodes[self.queue.popleft()]
            for device in node.devices:
                self._visit_cables(node, device)
                self._visit_radio(node, device)

    def _visit_cables(self, node: Node, device: str) -> None:
        joins: dict[str, list[Join]] = {}
        for line in self.lines.get(device, ()):
            near, far = line.seen_from(device)
            # Stations share the box of their cell; from a station a radio link may lead on.
            shared = line.radio and line.a.device == device and far.device not in self.alone
            if not shared and far.device not in self.places and line not in self.used:
                joins.setdefault(far.device, []).append(Join(line, near, far))
        for name, found in joins.items():
            self.add(Node(name, (name,), node.key, node.depth + 1, tuple(found)))

    def _visit_radio(self, node: Node, device: str) -> None:
        cells: dict[tuple[str, str], list[Join]] = {}
        for line in self.lines.get(device, ()):
            near, far = line.seen_from(device)
            if line.radio and line.a.device == device and far.device not in self.places:
                cells.setdefault((near.port or "", line.radio), []).append(Join(line, near, far))
        for (port, radio), found in sorted(cells.items()):
            joins = tuple(sorted(found, key=lambda join: natural_key(str(join.far))))
            fresh = {join.far.device: join for join in reversed(joins)}
            joins = tuple(join for join in joins if fresh[join.far.device] is join)
            names = tuple(join.far.device for join in joins)
            if node.radio and all(len(self.lines[name]) == 1 for name in names):
                self._nest(node, joins)
                continue
            key = f"{device}/{port}({radio})"
            self.add(Node(key, names, node.key, node.depth + 1, joins, radio))

    def _nest(self, node: Node, joins: tuple[Join, ...]) -> None:
        self.inner.setdefault(node.key, []).extend(joins)
        self.places |= dict.fromkeys((join.far.device for join in joins), node.key)
        self.used |= {join.line for join in joins}


def grow_tree(site: Site, alone: frozenset[str] = frozenset()) -> Tree:
    """Order a site's devices by what they hang on; names and ports decide, not the listing.

    Those of `alone` get a box of their own also where they are stations, or hang on nothing.
    """
    growth = _Growth(_lines_by_device(site), alone)
    uplink = find_uplink(site)
    growth.add(Node(CIRCUIT, (), None, 0))
    if uplink:
        growth.add(Node(uplink.device, (uplink.device,), CIRCUIT, 1))
    growth.visit_all()
    roots = [CIRCUIT]
    for name in _by_role(site):
        if name not in growth.places and (name in growth.lines or name in alone):
            growth.add(Node(name, (name,), None, 0))
            roots.append(name)
            growth.visit_all()
    return Tree(
        growth.nodes,
        {key: tuple(children) for key, children in growth.children.items()},
        tuple(roots),
        growth.places,
        {key: tuple(joins) for key, joins in growth.inner.items()},
        tuple(line for line in list_lines(site) if line not in growth.used),
        tuple(name for name in sorted(site.devices, key=natural_key) if name not in growth.places),
        uplink,
        _medium_of(site, uplink),
    )


def _medium_of(site: Site, end: End | None) -> Medium:
    port = site.devices[end.device].interfaces.get(end.port or "") if end else None
    return port.medium if port else Medium.COPPER


def _lines_by_device(site: Site) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in list_lines(site):
        for end, _ in _both(line):
            found.setdefault(end.device, []).append(line)
    for device, lines in found.items():
        lines.sort(key=lambda line, at=device: _place_of(line, at))  # type: ignore[misc] # mypy cannot infer a default argument
    return found


def _place_of(line: Line, device: str) -> tuple[object, ...]:
    near, far = line.seen_from(device)
    return natural_key(near.port or ""), natural_key(str(far))


def _by_role(site: Site) -> list[str]:
    order = {role: place for place, role in enumerate(_FIRST_ROLES)}
    return sorted(
        site.devices, key=lambda name: (order[site.devices[name].role], natural_key(name))
    )
