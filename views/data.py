"""A plan -> data.svg: who reaches whom, from public ports to workloads, with every range."""

import math
from collections.abc import Iterator

from msgspec import Struct

from plan.model import Origin, Plan
from views.band_layout import BandPicture, Grid, draw_band, make_grid
from views.bands import Band
from views.cluster_bands import cluster_bands, implied_band
from views.drawing import Drawing, Group, Item, Rect, Taps, Text, Wire
from views.internet_bar import draw_internet_bar
from views.legend import (
    Entry,
    draw_legend,
    icon_entry,
    line_entry,
    tenant_entries,
    wall_entry,
    write_title,
)
from views.metrics import SMALL, measure_text
from views.site_bands import site_bands
from views.svg import write_svg
from views.tenant_bands import gather_ways, tenant_bands

_MARGIN, _GUTTER, _GAP, _TRUNK = 32, 40, 22, 22
_TITLE_HEIGHT, _BUS_HEIGHT, _HEADINGS = 76, 36, 34
_BOX_WIDTH = 340
# So many tenants fit in one column; more of them fill a page about as wide as it is high.
_ONE_COLUMN = 6
_TENANT_SHAPE = 2.5
_PAD = 14


class _Placed(Struct, frozen=True):
    picture: BandPicture
    x: int
    y: int
    has_ways: bool


def draw_data(plan: Plan) -> str:
    """Draw public ports, addresses, VPN endpoints, tenants and ranges (OSI layers 5 to 7)."""
    return write_svg(lay_out_data(plan))


def lay_out_data(plan: Plan) -> Drawing:
    """Place everything of the data layer."""
    ways = gather_ways(plan)
    tenants = tenant_bands(plan, ways)
    places = site_bands(plan, ways)
    grid = make_grid([*tenants, *places], _BOX_WIDTH)
    inner = grid.right - 2 * _PAD
    others = [*places, *cluster_bands(plan, ways, inner), *implied_band(plan)]
    columns = [*_split(tenants), others]
    top = _MARGIN + _TITLE_HEIGHT + _BUS_HEIGHT + _HEADINGS
    placed = [
        one for number, bands in enumerate(columns) for one in _stack(bands, grid, number, top)
    ]
    title, summary = plan.network.network.domain, _summarise(plan)
    head, head_width = write_title(title, "Data layer · OSI 5-7", summary)
    width = 2 * _MARGIN + max(head_width, len(columns) * (_GUTTER + grid.right))
    bottom = max(one.y + one.picture.height for one in placed) + _GAP
    legend, legend_height = draw_legend(_sections(plan), width - 2 * _MARGIN)
    items: list[Item] = [
        Group((head,), at=(_MARGIN, _MARGIN)),
        *_draw_internet(placed, width),
        *_write_headings(placed, grid, top),
        *(Group((one.picture.item,), at=(one.x, one.y)) for one in placed),
        Group((legend,), at=(_MARGIN, bottom)),
    ]
    heading = f"{title}: data layer"
    height = bottom + legend_height + _MARGIN
    return Drawing("data", heading, f"{heading}. {summary}.", width, height, tuple(items))


def _split(tenants: list[Band]) -> list[list[Band]]:
    """Deal tenants to columns; their number alone decides how many columns there are."""
    several = math.ceil(math.sqrt(len(tenants) / _TENANT_SHAPE))
    count = several if len(tenants) > _ONE_COLUMN else 1
    return [tenants[column::count] for column in range(count) if tenants[column::count]]


def _stack(bands: list[Band], grid: Grid, column: int, top: int) -> Iterator[_Placed]:
    x = _MARGIN + _GUTTER + column * (_GUTTER + grid.right)
    y = top
    for band in bands:
        picture = draw_band(band, grid)
        yield _Placed(picture, x, y, bool(band.ways))
        y += picture.height + _GAP


def _draw_internet(placed: list[_Placed], width: int) -> Iterator[Item]:
    """Draw the internet over everything, with a trunk down each column that it reaches."""
    bar = Rect(_MARGIN, _MARGIN + _TITLE_HEIGHT, width - 2 * _MARGIN, _BUS_HEIGHT)
    yield draw_internet_bar(bar)
    taps: dict[int, list[int]] = {}
    for one in placed:
        taps.setdefault(one.x, []).extend(one.y + tap for tap in one.picture.taps)
    for x, heights in taps.items():
        if heights:
            trunk = x - _TRUNK
            yield Wire(((trunk, bar.bottom), (trunk, heights[-1])), "trunk")
            yield Taps(trunk, x, tuple(heights), "trunk")


def _write_headings(placed: list[_Placed], grid: Grid, top: int) -> Iterator[Item]:
    """Say above each column of the page what stands in the columns of its lanes."""
    named = (
        (grid.source, grid.public, "who"),
        (grid.public, grid.address, "public port"),
        (grid.address, grid.inner, "address"),
        (grid.inner, grid.box, "opened"),
        (grid.box, grid.right, "behind the wall"),
    )
    for x in sorted({one.x for one in placed if one.has_ways}):
        for column, following, text in named:
            # A column that no lane uses has no width.
            if following - column > measure_text(text, SMALL):
                yield Text(x + column, top - 10, text, SMALL, "tag")


def _sections(plan: Plan) -> list[tuple[str, list[Entry]]]:
    lines = [
        line_entry("flow", "declared flow"),
        line_entry("implied", "implied flow"),
        line_entry("trunk", "internet"),
        wall_entry("wall own-line", "wall: closed but for its arrows"),
        wall_entry("inner ajar own-line", "open to the same tenant"),
    ]
    signs = [
        icon_entry("lock", "VPN"),
        icon_entry("pods", "pods"),
        icon_entry("prefix", "range of a site"),
        icon_entry("node", "device"),
        icon_entry("internet", "internet"),
    ]
    sections = [("Lines", lines), ("Signs", signs), ("Tenants", tenant_entries(plan.network))]
    return [section for section in sections if section[1]]


def _summarise(plan: Plan) -> str:
    implied = sum(flow.origin is Origin.IMPLIED for flow in plan.flows)
    public = sum(flow.public_port is not None and flow.index is not None for flow in plan.flows)
    counts = (
        (len(plan.tenants), "tenant"),
        (sum(len(tenant.namespaces) for tenant in plan.tenants), "namespace"),
        (sum(len(tenant.policies) for tenant in plan.tenants), "network policy"),
        (public, "published port"),
        (len(plan.network.flows), "declared flow"),
        (implied, "implied flow"),
    )
    return ", ".join(f"{count} {_plural(noun, count)}" for count, noun in counts)


def _plural(noun: str, count: int) -> str:
    if count == 1:
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
