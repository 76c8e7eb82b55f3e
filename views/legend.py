"""What colours, lines and signs mean -> a legend that every picture carries."""

from collections.abc import Sequence

from msgspec import Struct

from config.network import Network
from terms.values import DeviceRole
from views.drawing import Group, Icon, Item, Rect, Shape, Text, Wire
from views.metrics import PLAIN, SMALL, STRONG, TITLE, measure_text
from views.palette import tenant_style

_ROW, _SPACE, _SAMPLE = 30, 22, 40


class Entry(Struct, frozen=True):
    """A sample with its meaning; the sample is at most `_SAMPLE` wide."""

    sample: tuple[Item, ...]
    sample_width: int
    text: str
    data: tuple[tuple[str, str], ...] = ()
    style: str = ""

    @property
    def width(self) -> int:
        """Sample, text and the space to the next."""
        return self.sample_width + 8 + measure_text(self.text, PLAIN) + _SPACE


def line_entry(style: str, text: str) -> Entry:
    """Explain a kind of line."""
    return Entry((Wire(((0, 14), (_SAMPLE, 14)), style),), _SAMPLE, text)


def wall_entry(style: str, text: str) -> Entry:
    """Explain a kind of border."""
    return Entry((Shape(Rect(0, 5, 30, 18), style, 5),), 30, text, style="place")


def icon_entry(icon: str, text: str) -> Entry:
    """Explain a sign."""
    return Entry((Icon(icon, 0, 4, 20),), 20, text)


def tile_entry(text: str, *, filled: bool) -> Entry:
    """Explain a filled, or an empty, square."""
    style = "on" if filled else "off"
    return Entry((Icon("server", 0, 0, 28, style),), 28, text)


def role_entries(used: set[DeviceRole]) -> list[Entry]:
    """Explain the signs of the roles that occur."""
    return [
        icon_entry(role.value, role.value.replace("-", " ")) for role in DeviceRole if role in used
    ]


def tenant_entries(network: Network) -> list[Entry]:
    """Explain the colours of tenants, in the order of their ids."""
    tenants = sorted(network.tenants.items(), key=lambda item: item[1].id)
    return [
        Entry(
            (Shape(Rect(0, 5, 22, 18), "own", 5),),
            22,
            f"{name} ({tenant.trust})",
            (),
            tenant_style(tenant.id),
        )
        for name, tenant in tenants
    ]


def draw_legend(sections: Sequence[tuple[str, Sequence[Entry]]], width: int) -> tuple[Group, int]:
    """Write sections one below the other; gives the height too."""
    items: list[Item] = []
    left = max(measure_text(title, STRONG) for title, _ in sections) + 40
    y = 12
    for title, entries in sections:
        items.append(Text(20, y + 18, title, STRONG, "soft"))
        x = left
        for entry in entries:
            if x > left and x + entry.width > width - 20:
                x, y = left, y + _ROW - 4
            text = Text(entry.sample_width + 8, 18, entry.text, PLAIN)
            items.append(Group((*entry.sample, text), entry.data, style=entry.style, at=(x, y)))
            x += entry.width
        y += _ROW
    height = y + 10
    return Group((Shape(Rect(0, 0, width, height), "panel", 12), *items), (("legend", ""),)), height


def write_title(title: str, layer: str, summary: str) -> tuple[Group, int]:
    """Write the title block of a picture; gives its width too."""
    beside = measure_text(layer, STRONG) + 14
    items = (
        Text(0, 24, title, TITLE),
        Text(0, 48, layer, STRONG),
        Text(beside, 48, summary, SMALL, "soft"),
    )
    width = max(measure_text(title, TITLE), beside + measure_text(summary, SMALL))
    return Group(items), width
