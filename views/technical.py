"""A plan -> technical.svg: what is plugged into what, from the internet to the last device."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import Struct

from plan.model import Plan
from terms.values import DeviceRef
from views.drawing import Drawing, Group, Icon, Item, Point, Rect, Shape, Taps, Text, Wire
from views.facts import DeviceFacts, describe_devices
from views.internet_bar import draw_internet_bar
from views.legend import (
    Entry,
    draw_legend,
    line_entry,
    role_entries,
    tenant_entries,
    tile_entry,
    write_title,
)
from views.metrics import FIXED, NAME, SMALL, measure_text
from views.site_picture import SitePicture, draw_site
from views.svg import write_svg

_MARGIN, _GUTTER, _GAP = 32, 46, 30
_TITLE_HEIGHT, _BUS_HEIGHT = 76, 36
# Distance of the two trunks from the column of sites that they serve.
_INTERNET_TRUNK, _BACKBONE_TRUNK = 32, 14
# A site is about twice as wide as it is high.
_SITE_SHAPE = 2


class _Placed(Struct, frozen=True):
    """A site's picture on the page, in a column of a width."""

    site: SitePicture
    at: Point
    width: int

    @property
    def bottom(self) -> int:
        return self.at[1] + self.site.height


def draw_technical(plan: Plan) -> str:
    """Draw circuits, devices, ports, links, racks, radio cells and VPN (OSI layers 1 to 4)."""
    return write_svg(lay_out_technical(plan))


def lay_out_technical(plan: Plan) -> Drawing:
    """Place everything of the technical layer."""
    facts = describe_devices(plan)
    names = sorted(plan.network.sites, key=lambda name: plan.network.sites[name].id)
    pictures = [draw_site(plan, name, facts) for name in names]
    meshed = any(picture.backbone for picture in pictures)
    buses = _BUS_HEIGHT + _GAP
    top = _MARGIN + _TITLE_HEIGHT + buses * (2 if meshed else 1)
    placed = _arrange(pictures, top)
    title, summary = plan.network.network.domain, _summarise(plan)
    head, head_width = write_title(title, "Technical layer · OSI 1-4", summary)
    width = max(_MARGIN + head_width, *(p.at[0] + p.width for p in placed)) + _MARGIN
    bottom = max(p.bottom for p in placed) + _GAP
    legend, legend_height = draw_legend(_sections(plan, facts), width - 2 * _MARGIN)
    items: list[Item] = [
        Group((head,), at=(_MARGIN, _MARGIN)),
        *_draw_sites(placed),
        *_draw_internet(placed, width),
        *(_draw_backbone(plan, placed) if meshed else ()),
        Group((legend,), at=(_MARGIN, bottom)),
    ]
    heading = f"{title}: technical layer"
    height = bottom + legend_height + _MARGIN
    return Drawing("technical", heading, f"{heading}. {summary}.", width, height, tuple(items))


def _summarise(plan: Plan) -> str:
    sites = plan.network.sites.values()
    counts = (
        (len(plan.network.sites), "site"),
        (sum(len(site.devices) for site in sites), "device"),
        (sum(len(site.cables) for site in sites), "cable"),
        (sum(len(site.wireless) for site in sites), "radio link"),
        (len(plan.network.vpn.endpoints), "VPN endpoint"),
        (len(plan.network.vpn.clients), "VPN client"),
    )
    return ", ".join(f"{count} {noun}{'s' if count != 1 else ''}" for count, noun in counts)


def _sections(plan: Plan, facts: Mapping[DeviceRef, DeviceFacts]) -> list[tuple[str, list[Entry]]]:
    lines = [
        line_entry("copper", "copper"),
        line_entry("fibre", "fibre"),
        line_entry("wireless", "radio"),
        line_entry("vpn", "WireGuard"),
        line_entry("trunk", "internet"),
    ]
    devices = [
        *role_entries({fact.role for fact in facts.values()}),
        tile_entry("configured by this stack", filled=True),
        tile_entry("described only", filled=False),
    ]
    sections = [("Lines", lines), ("Devices", devices), ("Tenants", tenant_entries(plan.network))]
    return [section for section in sections if section[1]]


def _arrange(pictures: list[SitePicture], top: int) -> list[_Placed]:
    """Put sites in columns; which and how many depends on their number alone, not on their size."""
    columns = math.ceil(math.sqrt(len(pictures) / _SITE_SHAPE))
    placed: list[_Placed] = []
    x = _MARGIN
    for column in range(columns):
        own = pictures[column::columns]
        width, x, y = max(picture.width for picture in own), x + _GUTTER, top
        for picture in own:
            placed.append(_Placed(picture, (x, y), width))
            y += picture.height + _GAP
        x += width
    return placed


def _draw_sites(placed: list[_Placed]) -> Iterator[Item]:
    for one in placed:
        frame = Shape(Rect(0, 0, one.width, one.site.height), "site", 14)
        yield Group((frame, one.site.item), (("site", one.site.name),), at=one.at)


def _by_column(placed: list[_Placed]) -> dict[int, list[_Placed]]:
    columns: dict[int, list[_Placed]] = {}
    for one in placed:
        columns.setdefault(one.at[0], []).append(one)
    return columns


def _draw_internet(placed: list[_Placed], width: int) -> Iterator[Item]:
    """Draw the internet as a bar over all sites, with one trunk a column of sites."""
    bar = Rect(_MARGIN, _MARGIN + _TITLE_HEIGHT, width - 2 * _MARGIN, _BUS_HEIGHT)
    yield draw_internet_bar(bar)
    for x, column in _by_column(placed).items():
        trunk = x - _INTERNET_TRUNK
        taps = [(one, one.at[1] + one.site.internet[1]) for one in column]
        yield Wire(((trunk, bar.bottom), (trunk, taps[-1][1])), "trunk")
        for one, y in taps:
            end = one.at[0] + one.site.internet[0]
            yield Group((Taps(trunk, end, (y,), "trunk"),), (("internet-of", one.site.name),))


def _draw_backbone(plan: Plan, placed: list[_Placed]) -> Iterator[Item]:
    """Draw the WireGuard backbone as a plate with a bus, and one tap for every gateway."""
    columns = {
        x: taps
        for x, column in _by_column(placed).items()
        if (taps := [one for one in column if one.site.backbone])
    }
    first, last = min(columns) - _BACKBONE_TRUNK, max(columns) - _BACKBONE_TRUNK
    y = _MARGIN + _TITLE_HEIGHT + _BUS_HEIGHT + _GAP // 2
    plate = _draw_plate(plan, first - 10, y)
    middle = y + _BUS_HEIGHT // 2
    if last > plate.right:
        yield Wire(((plate.right, middle), (last, middle)), "vpn")
    yield plate.item
    for x, taps in columns.items():
        trunk = x - _BACKBONE_TRUNK
        start = y + _BUS_HEIGHT if trunk < plate.right else middle
        ends = [(one, one.site.backbone or (0, 0)) for one in taps]
        yield Wire(((trunk, start), (trunk, ends[-1][0].at[1] + ends[-1][1][1])), "vpn")
        for one, (end, down) in ends:
            height = one.at[1] + down
            tap = Taps(trunk, one.at[0] + end, (height,), "vpn")
            yield Group((tap,), (("backbone-of", one.site.name),))


class _Plate(Struct, frozen=True):
    item: Group
    right: int


def _draw_plate(plan: Plan, x: int, y: int) -> _Plate:
    backbone = plan.network.vpn.backbone
    kinds = Counter(link.kind.value for link in plan.mesh.links)
    pairs = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    texts = (
        ("WireGuard backbone", NAME, ""),
        (str(backbone.cidr), FIXED, ""),
        (f"udp/{backbone.port}", FIXED, ""),
        (f"pairs of sites: {pairs}", SMALL, "soft"),
    )
    items: list[Item] = [Icon("lock", x + 14, y + 8, 20)]
    right = x + 42
    for text, font, style in texts:
        items.append(Text(right, y + 23, text, font, style))
        right += measure_text(text, font) + 14
    frame = Shape(Rect(x, y, right - x, _BUS_HEIGHT), "mesh", 10, solid=True)
    return _Plate(Group((frame, *items), (("bus", "wg-mesh"),)), right)
