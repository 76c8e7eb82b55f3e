"""A site of a plan -> its picture: name and ranges, VPN bars, tree of devices, racks."""

from collections.abc import Iterator

from msgspec import Struct

from config.inventory import segment_of
from config.site import Site
from plan.model import Plan
from terms.values import DeviceRef
from views.boxes import ENTRY
from views.cabling import CIRCUIT, grow_tree
from views.drawing import Group, Item, Point, Rect, Text, Wire
from views.facts import DeviceFacts
from views.metrics import FIXED, HEAD, PLAIN, SMALL, STRONG, Font, measure_text, wrap_text
from views.rack import Panel, rack_panels, unlinked_panel
from views.site_layout import VPN_ENTRY, Columns, Request, number_tracks, place_site
from views.vpn_bars import BAR_GAP, SPINE_GAP, Bar, make_bars
from views.wiring import draw_lines, lanes_height

_PAD, _GAP = 22, 24
_NARROWEST = 600
# How far a panel may reach below the tree before it rather goes to the right of it.
_OVERHANG = 90


class SitePicture(Struct, frozen=True):
    """A drawn site without its frame, with where lines from outside come in."""

    name: str
    width: int
    height: int
    item: Group
    # End of the line from the internet, and of that from the backbone.
    internet: Point
    backbone: Point | None


class _Spine(Struct, frozen=True):
    """The bars of one device, and the line that joins them to it."""

    device: str
    x: int
    bars: tuple[Bar, ...]
    from_top: bool


def draw_site(plan: Plan, name: str, facts: dict[DeviceRef, DeviceFacts]) -> SitePicture:
    """Draw one site at (0, 0)."""
    site = plan.network.sites[name]
    devices = sorted({i.device.device for i in plan.mesh.interfaces if i.device.site == name})
    tree = grow_tree(site, frozenset(devices))
    columns = _place(Request(name, site, tree, facts), devices)
    loose = [facts[DeviceRef(name, device)] for device in tree.unlinked]
    panels = rack_panels(site, name) + unlinked_panel(loose)
    spines = list(_make_spines(plan, name, columns, devices))
    head = list(_write_head(name, site, max(columns.width, _NARROWEST)))
    top = max((item.rect.bottom for item in head), default=0) + 14
    bars, backbone, tree_top = _draw_bars(spines, columns, top)
    at = (_PAD, tree_top)
    beside, width, height = _place_panels(columns, panels)
    inner = max(width, _NARROWEST, *(_right(item.rect) for item in head), _bars_width(spines))
    size = (inner + 2 * _PAD, tree_top + height + _PAD)
    items: list[Item] = [*head, *bars]
    boxes = [
        Group((columns.boxes[key].draw(place.width),), at=(place.x, place.y))
        for key, place in columns.places.items()
    ]
    items.append(Group((*draw_lines(columns, name), *boxes, *beside), at=at))
    circuit = columns.places[CIRCUIT]
    internet = (circuit.x + _PAD, circuit.y + tree_top + ENTRY)
    return SitePicture(name, *size, Group(tuple(items)), internet, backbone)


def _right(rect: Rect) -> int:
    return rect.right - _PAD


def _bars_width(spines: list[_Spine]) -> int:
    return max((s.x + SPINE_GAP + bar.width for s in spines for bar in s.bars), default=0)


def _place(request: Request, devices: list[str]) -> Columns:
    """Place the boxes; lines from the bars come from the side where something is above."""
    columns = place_site(request)
    from_side = tuple(device for device in devices if not columns.is_top(device))
    if not from_side:
        return columns
    return place_site(Request(request.name, request.site, request.tree, request.facts, from_side))


def _make_spines(plan: Plan, site: str, columns: Columns, devices: list[str]) -> Iterator[_Spine]:
    """List the spines from left to right: each bar begins right of its own."""
    numbers = number_tracks(columns.tree)
    taken: dict[int, int] = {}
    found = []
    for device in devices:
        depth = columns.tree.nodes[device].depth
        above = VPN_ENTRY not in columns.boxes[device].entries
        x = columns.places[device].x + ENTRY
        if not above:
            others = sum(1 for _, column in numbers if column == depth)
            number = others + taken.get(depth, 0)
            taken[depth] = taken.get(depth, 0) + 1
            x = columns.gutters[depth].other_x(number)
        found.append((x, device, above))
    for x, device, above in sorted(found):
        room = max(columns.width - x - SPINE_GAP, 0)
        yield _Spine(device, x, make_bars(plan, DeviceRef(site, device), room), above)


def _draw_bars(
    spines: list[_Spine], columns: Columns, top: int
) -> tuple[list[Item], Point | None, int]:
    """Draw bars from the top down; give where the backbone comes in, and where the tree begins."""
    placed: list[tuple[_Spine, Bar, Point]] = []
    y = top
    for spine in spines:
        for bar in spine.bars:
            placed.append((spine, bar, (spine.x + SPINE_GAP + _PAD, y)))
            y += bar.height + BAR_GAP
    tree_top = y + _GAP - BAR_GAP if placed else top + 8
    items: list[Item] = [Group((bar.item,), at=at) for _, bar, at in placed]
    for spine in spines:
        taps = [at[1] + 18 for owner, _, at in placed if owner is spine]
        items.append(Group(tuple(_draw_spine(spine, columns, taps, tree_top)), style="spine"))
    backbone = next((at for _, bar, at in placed if bar.interface.endpoint is None), None)
    return items, (backbone[0], backbone[1] + 8) if backbone else None, tree_top


def _draw_spine(spine: _Spine, columns: Columns, taps: list[int], tree_top: int) -> Iterator[Item]:
    place, box = columns.places[spine.device], columns.boxes[spine.device]
    x = spine.x + _PAD
    start = (x + SPINE_GAP, taps[0])
    if spine.from_top:
        yield Wire((start, (x, taps[0]), (x, place.y + tree_top)), "vpn")
    else:
        y = place.y + tree_top + box.entries[VPN_ENTRY] + 3
        yield Wire((start, (x, taps[0]), (x, y), (place.x + _PAD, y)), "vpn")
    for tap in taps[1:]:
        yield Wire(((x + SPINE_GAP, tap), (x, tap)), "vpn")


def _write_head(name: str, site: Site, width: int) -> Iterator[Text]:
    """Write the site's name, its description, and its ranges with their VLANs."""
    yield Text(_PAD, 34, name, HEAD)
    x = _PAD + measure_text(name, HEAD) + 12
    lines = wrap_text(site.description, PLAIN, max(width - x, 300))
    for place, line in enumerate(lines):
        yield Text(x, 33 + place * 14, line, PLAIN, "soft")
    x, y = _PAD, 54 + 14 * max(0, len(lines) - 1)
    for prefix, record in sorted(site.prefixes.items(), key=lambda item: item[1].cidr):
        segment = site.segments.get(segment_of(prefix, record))
        vlan = f"VLAN {segment.vlan}" if segment and segment.vlan else ""
        parts = [(prefix, STRONG, ""), (str(record.cidr), FIXED, ""), (vlan, SMALL, "soft")]
        parts = [part for part in parts if part[0]]
        needed = sum(measure_text(text, font) + 6 for text, font, _ in parts)
        if x > _PAD and x + needed > width:
            x, y = _PAD, y + 18
        yield from _write_row(x, y, parts)
        x += needed + 16


def _write_row(x: int, y: int, parts: list[tuple[str, Font, str]]) -> Iterator[Text]:
    for text, font, style in parts:
        yield Text(x, y, text, font, style)
        x += measure_text(text, font) + 6


def _place_panels(columns: Columns, panels: list[Panel]) -> tuple[list[Item], int, int]:
    """Put panels below the first boxes where nothing stands, else right of the tree."""
    height = columns.height + lanes_height(columns)
    if not panels:
        return [], columns.width, height
    for right, y in _free_corners(columns):
        placed, bottom = _flow(panels, right, y)
        if placed and bottom <= height + _OVERHANG:
            return placed, columns.width, max(height, bottom)
    x, y, items = columns.width + 2 * _GAP, 0, []
    for panel in panels:
        items.append(Group((panel.item,), at=(x, y)))
        y += panel.height + _GAP
    widest = max(panel.width for panel in panels)
    return list(items), x + widest, max(height, y - _GAP)


def _free_corners(columns: Columns) -> Iterator[Point]:
    """List the corners below the first columns: how far right they reach, and where they begin."""
    if lanes_height(columns):
        return
    places = sorted(columns.places.values(), key=lambda place: place.x)
    for edge in sorted({place.right for place in places}):
        left = [place for place in places if place.right <= edge]
        yield edge, max(place.bottom for place in left) + _GAP


def _flow(panels: list[Panel], right: int, top: int) -> tuple[list[Item], int]:
    """Fill rows with panels; gives nothing where one is too wide."""
    items: list[Item] = []
    x, y, row = 0, top, 0
    for panel in panels:
        if panel.width > right:
            return [], 0
        if x and x + panel.width > right:
            x, y, row = 0, y + row + _GAP, 0
        items.append(Group((panel.item,), at=(x, y)))
        x, row = x + panel.width + _GAP, max(row, panel.height)
    return items, y + row
