"""A band -> its picture: lanes on the left, and on the right a wall that they pass as arrows."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from views.bands import Band, Card, Line, Section, Way
from views.drawing import Group, Icon, Item, Point, Rail, Rect, Shape, Text
from views.metrics import FIXED, HEAD, PLAIN, SMALL, STRONG, measure_text, shorten_text, wrap_text

LINE = 14
_PAD, _GAP = 14, 12
_CHIP, _ROW = 22, 28
_SOURCE_MOST, _ADDRESS_MOST, _PORT_MOST = 190, 220, 130
_BETWEEN = 16
_CARD_HEAD = 24
_SECTION_HEAD = 22
_NARROWEST_CARD = 330


class Grid(Struct, frozen=True):
    """Where the columns of all lanes of a picture begin, and how wide they are."""

    source: int
    public: int
    address: int
    inner: int
    # Left edge of the boxes, and how wide those are.
    box: int
    width: int

    @property
    def right(self) -> int:
        """Right edge of a band."""
        return self.box + self.width


def make_grid(bands: Sequence[Band], width: int) -> Grid:
    """Make the columns as wide as the widest of their chips, up to a limit."""
    ways = [way for band in bands for way in band.ways]
    source = _widest((way.source for way in ways), 36, _SOURCE_MOST)
    public = _widest((way.public for way in ways), 14, _PORT_MOST)
    address = _widest((way.address for way in ways), 14, _ADDRESS_MOST)
    inner = _widest((way.inner for way in ways), 10, _PORT_MOST)
    starts, x = [], 0
    for column in (source, public, address, inner):
        starts.append(x)
        x += column + _BETWEEN if column else 0
    first, second, third, fourth = starts
    return Grid(first, second, third, fourth, box=x + _BETWEEN, width=width)


def _widest(texts: Iterator[str], pad: int, most: int) -> int:
    return min(most, max((measure_text(text, FIXED) + pad for text in texts if text), default=0))


class BandPicture(Struct, frozen=True):
    """A drawn band, with the heights at which lanes from the internet begin."""

    item: Group
    height: int
    taps: tuple[int, ...]


def draw_band(band: Band, grid: Grid) -> BandPicture:
    """Draw a band at (0, 0); one without lanes takes the whole width."""
    if band.beside:
        return _draw_cards(band, grid.right)
    left = grid.box if band.ways else 0
    inner = grid.right - left - 2 * _PAD
    items: list[Item] = []
    taps: list[int] = []
    heading, y = _write_heading(band, left, inner)
    for section in band.sections:
        items += _draw_section(section, Rect(left + _PAD, y, inner, 0), grid, taps)
        y += _section_height(section, inner, grid) + _GAP
    if band.figure:
        items.append(Group(band.figure, at=(left + _PAD, y)))
        y += band.figure_height + _GAP
    height = y + _PAD - _GAP
    wall = Rect(left, 0, grid.right - left, height)
    frame = Shape(wall, "wall own-line", 12)
    group = Group((frame, *heading, *items), band.data, band.tooltip, band.style)
    return BandPicture(group, height, tuple(taps))


def _draw_cards(band: Band, width: int) -> BandPicture:
    """Draw a band that nothing leads to: its cards side by side, row by row."""
    heading, y = _write_heading(band, 0, width - 2 * _PAD)
    cards = [card for section in band.sections for card in section.cards]
    count = max(1, (width - 2 * _PAD + _GAP) // (_NARROWEST_CARD + _GAP))
    inner = (width - 2 * _PAD - (count - 1) * _GAP) // count
    items: list[Item] = []
    for start in range(0, len(cards), count):
        row = cards[start : start + count]
        height = max(_card_height(card, inner, Grid(0, 0, 0, 0, 0, 0)) for card in row)
        for place, card in enumerate(row):
            items.append(_draw_card(card, Rect(_PAD + place * (inner + _GAP), y, inner, height)))
        y += height + _GAP
    frame = Shape(Rect(0, 0, width, y + 2), "wall own-line", 12)
    group = Group((frame, *heading, *items), band.data, band.tooltip, band.style)
    return BandPicture(group, y + 2, ())


def _write_heading(band: Band, left: int, width: int) -> tuple[list[Item], int]:
    x, y = left + _PAD, 30
    title = shorten_text(band.title, HEAD, width - 28)
    items: list[Item] = [Icon(band.icon, x, y - 17, 20), Text(x + 28, y, title, HEAD)]
    beside = x + 28 + measure_text(title, HEAD) + 12
    if beside + measure_text(band.tag, STRONG) > x + width:
        beside, y = x, y + LINE + 6
    items.append(Text(beside, y, band.tag, STRONG, "own-text"))
    y += 10
    for text, font, style in band.lines:
        for line in wrap_text(text, font, width):
            y += LINE
            items.append(Text(x, y, line, font, style))
    return items, y + _GAP + 2


def _lines_height(lines: Sequence[Line], width: int) -> int:
    return sum(LINE * len(wrap_text(text, font, width)) for text, font, _ in lines)


def _write_lines(lines: Sequence[Line], at: Point, width: int) -> Iterator[Item]:
    x, y = at
    for text, font, style in lines:
        for line in wrap_text(text, font, width):
            y += LINE
            yield Text(x, y, line, font, style)


def _way_height(way: Way, grid: Grid) -> int:
    return _ROW + LINE * len(wrap_text(way.why, SMALL, grid.box - grid.source - 2 * _BETWEEN)) + 4


def _ways_height(ways: Sequence[Way], grid: Grid) -> int:
    return sum(_way_height(way, grid) for way in ways)


def _card_height(card: Card, width: int, grid: Grid) -> int:
    text = _CARD_HEAD + 6 + _lines_height(card.lines, width - 2 * _GAP - 20)
    return max(text, _ways_height(card.ways, grid) + 2)


def _chip_rows(section: Section, width: int) -> list[list[tuple[int, int]]]:
    """Rows of chips as (index, x)."""
    rows: list[list[tuple[int, int]]] = [[]]
    x = 0
    for place, (text, _) in enumerate(section.chips):
        needed = min(measure_text(text, PLAIN) + 40, width)
        if rows[-1] and x + needed > width:
            rows.append([])
            x = 0
        rows[-1].append((place, x))
        x += needed
    return rows


def _side(section: Section) -> int:
    """Room left and right of cards; there is none where no border is drawn."""
    return _GAP if section.style else 0


def _section_height(section: Section, width: int, grid: Grid) -> int:
    inner = width - 2 * _side(section)
    cards = sum(_card_height(card, inner, grid) + _GAP - 4 for card in section.cards)
    return _section_head(section, width, grid) + cards - (0 if section.style else _GAP - 4)


def _section_head(section: Section, width: int, grid: Grid) -> int:
    if not section.style:
        return 0
    text = _SECTION_HEAD + _lines_height(section.lines, width - 2 * _GAP) + 10
    if section.chips:
        text += len(_chip_rows(section, width - 2 * _GAP)) * (_CHIP + 6) + 2
    return max(text, _ways_height(section.ways, grid) + 2)


def _draw_section(section: Section, at: Rect, grid: Grid, taps: list[int]) -> Iterator[Item]:
    x, y, width = at.x, at.y, at.width
    side = _side(section)
    frame = Rect(x, y, width, _section_height(section, width, grid))
    items = list(_draw_frame(section, frame)) if section.style else []
    ways = list(_draw_ways(section.ways, (x, y), grid, taps))
    y += _section_head(section, width, grid)
    for card in section.cards:
        inner = width - 2 * side
        place = Rect(x + side, y, inner, _card_height(card, inner, grid))
        items.append(_draw_card(card, place))
        ways += _draw_ways(card.ways, (place.x, place.y), grid, taps)
        y += place.height + _GAP - 4
    yield Group(tuple(items), section.data, section.tooltip)
    yield from ways


def _draw_frame(section: Section, frame: Rect) -> Iterator[Item]:
    x, inner = frame.x + _GAP, frame.width - 2 * _GAP
    yield Shape(frame, f"{section.style} own-line", 8)
    yield Text(x, frame.y + 18, shorten_text(section.title, STRONG, inner), STRONG)
    yield from _write_lines(section.lines, (x, frame.y + _SECTION_HEAD - 4), inner)
    top = frame.y + _SECTION_HEAD + _lines_height(section.lines, inner) + 6
    yield from _draw_chips(section, x, top, inner)


def _draw_chips(section: Section, x: int, y: int, width: int) -> Iterator[Item]:
    for row, chips in enumerate(_chip_rows(section, width)):
        for place, shift in chips:
            text, data = section.chips[place]
            text = shorten_text(text, PLAIN, width - 40)
            parts = (
                Shape(Rect(0, 0, measure_text(text, PLAIN) + 32, _CHIP), "chip", 5),
                Icon("pods", 5, 3, 16),
                Text(25, 15, text, PLAIN),
            )
            yield Group(parts, data, at=(x + shift, y + row * (_CHIP + 6)))


def _draw_card(card: Card, place: Rect) -> Group:
    items: list[Item] = [
        Shape(Rect(0, 0, place.width, place.height), "card", 6, solid=True),
        Icon(card.icon, 8, 6, 16),
        Text(30, 18, shorten_text(card.title, STRONG, place.width - 30 - _GAP), STRONG),
        *_write_lines(card.lines, (30, _CARD_HEAD - 5), place.width - 2 * _GAP - 20),
    ]
    return Group(tuple(items), card.data, card.tooltip, at=(place.x, place.y))


def _draw_ways(ways: Sequence[Way], end: Point, grid: Grid, taps: list[int]) -> Iterator[Item]:
    y = end[1]
    for way in ways:
        middle = y + _ROW // 2
        if way.from_internet:
            taps.append(middle)
        yield _draw_way(way, (end[0], middle), grid)
        y += _way_height(way, grid)


def _draw_way(way: Way, end: Point, grid: Grid) -> Group:
    """Draw the chips of a lane, its line between them, and its reason."""
    y = end[1]
    items: list[Item] = []
    pieces: list[tuple[int, int]] = []
    x = grid.source
    for rect, parts in _chips_of(way, grid):
        pieces += [(x, rect.x)] if rect.x > x else []
        items.append(Group(parts, at=(rect.x, rect.y + y)))
        x = rect.right
    rail = Rail(y, (*pieces, (x, end[0])), "flow" if way.declared else "implied")
    if way.inner:
        items.append(Text(grid.inner, y - 5, _fit(way.inner, _PORT_MOST), FIXED))
    reasons = wrap_text(way.why, SMALL, grid.box - grid.source - 2 * _BETWEEN)
    for place, line in enumerate(reasons):
        items.append(Text(grid.source + 4, y + 24 + place * LINE, line, SMALL, "soft"))
    data = [("flow", " ".join(way.flows))]
    if way.public:
        data += [("public", way.public), ("to", way.address)]
    return Group((rail, *items), tuple(data), way.full, way.style)


def _fit(text: str, width: int) -> str:
    return shorten_text(text, FIXED, width)


def _chips_of(way: Way, grid: Grid) -> Iterator[tuple[Rect, tuple[Item, ...]]]:
    """The chips of a lane, around height 0: who, public port, address."""
    top = -_CHIP // 2
    name = _fit(way.source, _SOURCE_MOST - 36)
    width = measure_text(name, FIXED) + 36
    ground = "own" if way.style else "chip"
    yield (
        Rect(grid.source, top, width, _CHIP),
        (
            Shape(Rect(0, 0, width, _CHIP), ground, 11, solid=True),
            Icon(way.icon, 7, 3, 16),
            Text(27, 15, name, FIXED),
        ),
    )
    for x, text, most in (
        (grid.public, way.public, _PORT_MOST),
        (grid.address, way.address, _ADDRESS_MOST),
    ):
        if text:
            fitted = _fit(text, most - 14)
            wide = measure_text(fitted, FIXED) + 14
            parts = (
                Shape(Rect(0, 0, wide, _CHIP), "door", 4, solid=True),
                Text(7, 15, fitted, FIXED),
            )
            yield Rect(x, top, wide, _CHIP), parts
