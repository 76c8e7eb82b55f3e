"""A device or a circuit -> a box with what is written in it and where lines meet it."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from config.site import Circuit
from views.cabling import Join
from views.drawing import Group, Icon, Item, Rect, Shape, Text
from views.facts import DeviceFacts
from views.metrics import FIXED, NAME, SMALL, STRONG, Font, measure_text, wrap_text

# Heights and gaps are multiples of it, so that a line which is drawn half a step off meets none.
STEP = 6
ENTRY, ENTRY_PITCH = 24, 30
EXIT_PITCH = 18
_MIN_WIDTH, _MIN_HEIGHT = 112, 48
_TEXT_LEFT, _NAME_LINE, _LINE, _PAD = 46, 20, 14, 12
_WRAP = 168
# A device with more addresses names the rest in its title alone.
_MOST_ADDRESSES = 8
_MOST_LINES = 2


class Box(Struct, frozen=True):
    """A box of a size that can be made wider, with the heights at which lines leave it."""

    width: int
    height: int
    draw: Callable[[int], Group]
    # Offset of the first exit from the top, and the same for every exit by the line's id.
    exits: dict[str, int]
    entries: dict[str, int]


def round_up(value: int, step: int = STEP) -> int:
    """The next multiple."""
    return -(-value // step) * step


def write_lines(x: int, y: int, lines: Sequence[tuple[str, Font, str]]) -> list[Item]:
    """Place lines of text below each other."""
    return [
        Text(x, y + place * _LINE, text, font, style)
        for place, (text, font, style) in enumerate(lines)
    ]


def draw_tile(icon: str, x: int, y: int, *, filled: bool) -> tuple[Item, ...]:
    """Draw a sign in a square: filled where this stack configures what it stands for."""
    return (Icon(icon, x, y, 28, "on" if filled else "off"),)


def device_box(facts: DeviceFacts, exits: Sequence[str], entries: Sequence[str]) -> Box:
    """Make the box of a device, high enough for its text and for its ports."""
    lines = [(facts.ref.device, NAME, ""), *_device_lines(facts)]
    height = max(
        _NAME_LINE + _LINE * (len(lines) - 1) + _PAD,
        ENTRY + EXIT_PITCH * max(0, len(exits) - 1) + _PAD,
        ENTRY + ENTRY_PITCH * max(0, len(entries) - 1) + _PAD,
        _MIN_HEIGHT,
    )
    height = round_up(height)

    def draw(width: int) -> Group:
        items: list[Item] = [Shape(Rect(0, 0, width, height), "card", 8, solid=True)]
        items += draw_tile(facts.role.value, 10, 10, filled=facts.managed)
        items += write_lines(_TEXT_LEFT, _NAME_LINE, lines)
        data = (("device", str(facts.ref)),)
        return Group(tuple(items), data, facts.title)

    return Box(
        max(_MIN_WIDTH, _TEXT_LEFT + max(measure_text(t, f) for t, f, _ in lines) + _PAD),
        height,
        draw,
        {line: ENTRY + EXIT_PITCH * place for place, line in enumerate(exits)},
        {line: ENTRY + ENTRY_PITCH * place for place, line in enumerate(entries)},
    )


def _device_lines(facts: DeviceFacts) -> list[tuple[str, Font, str]]:
    shown = facts.addresses[:_MOST_ADDRESSES]
    lines = [(address, FIXED, "") for address in shown]
    if len(facts.addresses) > len(shown):
        lines.append((f"+ {len(facts.addresses) - len(shown)} more", SMALL, "soft"))
    if facts.segment:
        lines.append((facts.segment, SMALL, "soft"))
    for text in (facts.model, facts.description):
        lines += [(line, SMALL, "soft") for line in wrap_text(text, SMALL, _WRAP)[:_MOST_LINES]]
    duties = " · ".join(facts.duties)
    lines += [(line, STRONG, "soft") for line in wrap_text(duties, STRONG, _WRAP)]
    return lines


def circuit_box(site: str, circuit: Circuit, exits: Sequence[str]) -> Box:
    """Make the box of a site's uplink."""
    texts = [circuit.kind.value + (f" · {circuit.speed}" if circuit.speed else "")]
    texts += [circuit.endpoint] if circuit.endpoint else []
    texts += [f"provider {circuit.provider}"] if circuit.provider else []
    texts += [f"MTU {circuit.mtu}"]
    lines = [("circuit", NAME, ""), *((text, SMALL, "soft") for text in texts)]
    height = round_up(_NAME_LINE + _LINE * len(texts) + _PAD)

    def draw(width: int) -> Group:
        items: list[Item] = [Shape(Rect(0, 0, width, height), "net", 8, solid=True)]
        items += draw_tile("circuit", 10, 10, filled=False)
        items += write_lines(_TEXT_LEFT, _NAME_LINE, lines)
        return Group(tuple(items), (("circuit", site),), f"uplink of {site}: {', '.join(texts)}")

    width = _TEXT_LEFT + max(measure_text(text, font) for text, font, _ in lines) + _PAD
    return Box(width, height, draw, dict.fromkeys(exits, ENTRY), {})


def join_keys(joins: Sequence[Join]) -> tuple[str, ...]:
    """List what the exits and entries of lines are called."""
    return tuple(join.line.key for join in joins)
