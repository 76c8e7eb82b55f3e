"""A site's racks and unlinked devices -> panels beside its tree."""

from msgspec import Struct

from config.site import Device, Rack, Site
from terms.values import DeviceRef
from views.drawing import Anchor, Group, Icon, Item, Rect, Shape, Text
from views.facts import DeviceFacts
from views.metrics import NAME, PLAIN, SMALL, STRONG, measure_text

_UNIT, _HEAD, _SIDE, _PAD = 18, 34, 26, 10
_CHIP_HEIGHT, _CHIP_GAP = 24, 6


class Panel(Struct, frozen=True):
    """Something drawn that takes a width and a height."""

    width: int
    height: int
    item: Group


def rack_panels(site: Site, name: str) -> list[Panel]:
    """Draw every rack from the front, lowest unit at the bottom."""
    return [_draw_rack(site, name, rack, site.racks[rack]) for rack in sorted(site.racks)]


def _draw_rack(site: Site, name: str, rack: str, record: Rack) -> Panel:
    mounted = sorted(
        (device.unit or 0, key, device)
        for key, device in site.devices.items()
        if device.rack == rack
    )
    inner = max((measure_text(key, PLAIN) for _, key, _ in mounted), default=80) + 40
    head = f"{record.units} U"
    width = max(
        2 * _SIDE + inner,
        2 * _PAD + measure_text(f"{rack}", NAME) + 24 + measure_text(head, SMALL),
    )
    loose = [entry for entry in mounted if not entry[0]]
    height = _HEAD + record.units * _UNIT + _PAD + len(loose) * _UNIT
    items: list[Item] = [
        Shape(Rect(0, 0, width, height), "panel", 8, solid=True),
        Text(_PAD, 22, rack, NAME),
        Text(width - _PAD, 22, head, SMALL, "soft", Anchor.END),
        Shape(
            Rect(_SIDE - 2, _HEAD - 2, width - 2 * _SIDE + 4, record.units * _UNIT + 4), "chip", 3
        ),
    ]
    for unit in range(1, record.units + 1):
        y = _HEAD + (record.units - unit) * _UNIT
        items.append(Text(_SIDE - 7, y + 13, str(unit), SMALL, "soft", Anchor.END))
    frame = Rect(_SIDE, _HEAD, width - 2 * _SIDE, record.units * _UNIT)
    for place, (unit, key, device) in enumerate(mounted):
        slot = _slot(frame, record.units, device) if unit else _below(frame, place)
        items.append(_mount(DeviceRef(name, key), device, slot))
    return Panel(
        width, height, Group(tuple(items), (("rack", f"{name}/{rack}"),), f"rack {rack}, {head}")
    )


def _slot(frame: Rect, units: int, device: Device) -> Rect:
    unit = device.unit or 1
    top = frame.y + (units - (unit + device.height - 1)) * _UNIT
    return Rect(frame.x, top + 1, frame.width, device.height * _UNIT - 2)


def _below(frame: Rect, place: int) -> Rect:
    """A device with no unit written stands under the rack; those come first in the order."""
    return Rect(frame.x, frame.bottom + 6 + place * _UNIT, frame.width, _UNIT - 2)


def _mount(ref: DeviceRef, device: Device, slot: Rect) -> Group:
    middle = slot.height // 2
    items = (
        Shape(Rect(0, 0, slot.width, slot.height), "mount", 3),
        Icon(device.role.value, 4, middle - 7, 14),
        Text(24, middle + 4, ref.device, PLAIN),
    )
    units = f"U{device.unit}" if device.unit else "no unit written"
    data = (("mounted", str(ref)), ("unit", str(device.unit or "")))
    return Group(items, data, f"{ref}, {units}, {device.height} high", at=(slot.x, slot.y))


def unlinked_panel(facts: list[DeviceFacts]) -> list[Panel]:
    """Draw the devices that no cable or radio link reaches."""
    if not facts:
        return []
    texts = [(one, f"{one.ref.device}" + (f" · {one.model}" if one.model else "")) for one in facts]
    chip = max(measure_text(text, PLAIN) for _, text in texts) + 36
    head = "no link is described"
    width = max(chip, measure_text(head, STRONG)) + 2 * _PAD
    items: list[Item] = [Text(_PAD, 22, head, STRONG, "soft")]
    for place, (one, text) in enumerate(texts):
        y = _HEAD + place * (_CHIP_HEIGHT + _CHIP_GAP)
        parts = (
            Shape(Rect(0, 0, width - 2 * _PAD, _CHIP_HEIGHT), "chip"),
            Icon(one.role.value, 5, 4, 16),
            Text(27, 16, text, PLAIN),
        )
        data = (("device", str(one.ref)),)
        items.append(Group(parts, data, one.title, at=(_PAD, y)))
    height = _HEAD + len(texts) * (_CHIP_HEIGHT + _CHIP_GAP) + _PAD - _CHIP_GAP
    frame = Shape(Rect(0, 0, width, height), "loose", 8, solid=True)
    return [Panel(width, height, Group((frame, *items)))]
