"""The stations of a radio cell -> one box: those that lead on first, the others by segment."""

from collections.abc import Sequence

from msgspec import Struct

from views.boxes import ENTRY, ENTRY_PITCH, EXIT_PITCH, Box, round_up
from views.cabling import Join
from views.drawing import Anchor, Group, Icon, Item, Rect, Shape, Text, Wire
from views.facts import DeviceFacts
from views.metrics import NAME, PLAIN, SMALL, measure_text

_HEIGHT, _GAP, _PAD, _HEAD = 24, 6, 10, 36
_ICON, _TAIL = 26, 8
# A few stations stand below each other, more of them in columns.
_ONE_COLUMN, _TWO_COLUMNS = 4, 12
# Where the line to a nested station comes down, and how far right it goes.
_STEM, _BRANCH = 15, 32


class Station(Struct, frozen=True):
    """A device inside a radio cell; from one with exits, lines lead on."""

    facts: DeviceFacts
    port: str
    exits: tuple[str, ...]
    # Stations of its own that nothing hangs on.
    nested: tuple[tuple[Join, DeviceFacts], ...]

    @property
    def label(self) -> str:
        """Its name, with its port where one is described."""
        return f"{self.facts.ref.device} {self.port}".strip()

    @property
    def leads_on(self) -> bool:
        """Whether anything hangs on it."""
        return bool(self.exits or self.nested)

    @property
    def height(self) -> int:
        """High enough for its own exits."""
        return _HEIGHT + EXIT_PITCH * max(0, len(self.exits) - 1)

    @property
    def width(self) -> int:
        """Room for its name, its segment and what is nested below it."""
        own = _ICON + measure_text(self.label, PLAIN) + _TAIL
        segment = measure_text(self.facts.segment, SMALL) + _TAIL if self.facts.segment else 0
        below = (
            _BRANCH
            + measure_text(join.line.radio, SMALL)
            + _ICON
            + _TAIL
            + 8
            + measure_text(facts.ref.device, PLAIN)
            for join, facts in self.nested
        )
        return max(own + (segment if self.leads_on else 0), *below, 0)


def cell_box(radio: str, stations: Sequence[Station], entries: Sequence[str]) -> Box:
    """Make the box of a radio cell."""
    hubs = [station for station in stations if station.leads_on]
    rest = [station for station in stations if not station.leads_on]
    chip = max((station.width for station in rest), default=0)
    columns = 1 if len(rest) <= _ONE_COLUMN else 2 if len(rest) <= _TWO_COLUMNS else 3
    tops, below = _place_hubs(hubs)
    grid, bottom, widest = _place_groups(rest, chip, columns, below)
    count = f"{len(stations)} station{'s' if len(stations) != 1 else ''}"
    head = 34 + measure_text(radio, NAME) + 10 + measure_text(count, SMALL)
    chips = columns * (chip + _GAP) - _GAP
    width = max(head, widest, chips, *(hub.width for hub in hubs)) + 2 * _PAD
    lowest = ENTRY + ENTRY_PITCH * max(0, len(entries) - 1) + _PAD
    height = round_up(max(bottom + _PAD - _GAP, lowest))

    def draw(wide: int) -> Group:
        items: list[Item] = [Shape(Rect(0, 0, wide, height), "cell", 12, solid=True)]
        items += [Icon("radio", 10, 8, 20), Text(34, 23, radio, NAME)]
        items += [Text(44 + measure_text(radio, NAME), 23, count, SMALL, "soft")]
        for hub, top in zip(hubs, tops, strict=True):
            items += _draw_hub(hub, Rect(_PAD, top, wide - 2 * _PAD, hub.height))
        return Group((*items, *grid), (("cell", radio),), f"{radio}: {count}")

    exits = {
        line: top + _HEIGHT // 2 + place * EXIT_PITCH
        for hub, top in zip(hubs, tops, strict=True)
        for place, line in enumerate(hub.exits)
    }
    places = {line: ENTRY + ENTRY_PITCH * place for place, line in enumerate(entries)}
    return Box(width, height, draw, exits, places)


def _place_hubs(hubs: Sequence[Station]) -> tuple[list[int], int]:
    """Give the top of each station that leads on, and where the others begin."""
    tops: list[int] = []
    y = _HEAD
    for hub in hubs:
        tops.append(y)
        y += hub.height + _GAP + len(hub.nested) * (_HEIGHT + _GAP)
    return tops, y


def _place_groups(
    stations: Sequence[Station], chip: int, columns: int, top: int
) -> tuple[list[Item], int, int]:
    """Lay out stations by segment; gives the bottom and the widest name of a segment too."""
    groups: dict[str, list[Station]] = {}
    for station in stations:
        groups.setdefault(station.facts.segment, []).append(station)
    items: list[Item] = []
    for segment in sorted(groups, key=lambda name: (not name, name)):
        if segment:
            items.append(Text(_PAD, top + 11, segment, SMALL, "soft"))
            top += 16
        for place, station in enumerate(groups[segment]):
            x = _PAD + place % columns * (chip + _GAP)
            y = top + place // columns * (_HEIGHT + _GAP)
            items.append(_draw_chip(station.facts, station.label, Rect(x, y, chip, _HEIGHT)))
        top += -(-len(groups[segment]) // columns) * (_HEIGHT + _GAP)
    return items, top, max((measure_text(name, SMALL) for name in groups), default=0)


def _draw_hub(hub: Station, rect: Rect) -> list[Item]:
    """Draw a station that leads on, with its own stations below it."""
    items: list[Item] = [_draw_chip(hub.facts, hub.label, rect)]
    if hub.facts.segment:
        right = rect.right - _TAIL
        items.append(Text(right, rect.y + 16, hub.facts.segment, SMALL, "soft", Anchor.END))
    y = rect.bottom + _GAP
    for join, facts in hub.nested:
        middle, stem = y + _HEIGHT // 2, rect.x + _STEM
        label = rect.x + _BRANCH
        chip = label + measure_text(join.line.radio, SMALL) + 8
        name = facts.ref.device
        width = _ICON + measure_text(name, PLAIN) + _TAIL
        line = (
            Wire(((stem, rect.bottom), (stem, middle), (label - 4, middle)), "wireless"),
            Text(label, middle + 4, join.line.radio, SMALL),
        )
        data = (("link", f"{facts.ref.site}/{join.line.id}"),)
        items.append(Group(line, data, f"{join.line.a} to {join.line.b}"))
        items.append(_draw_chip(facts, name, Rect(chip, y, width, _HEIGHT)))
        y += _HEIGHT + _GAP
    return items


def _draw_chip(facts: DeviceFacts, label: str, rect: Rect) -> Group:
    items = (
        Shape(Rect(0, 0, rect.width, rect.height), "chip", 6),
        Icon(facts.role.value, 5, 4, 16),
        Text(_ICON, 16, label, PLAIN),
    )
    data = (("device", str(facts.ref)),)
    return Group(items, data, facts.title, at=(rect.x, rect.y))
