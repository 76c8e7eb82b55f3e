"""The views' own small signs: what a device, a party or a medium is, in a square of 20 by 20."""

from terms.values import DeviceRole

# Styles of a sign that stands in a square of its own.
TILES = ("on", "off")
# Lines take the colour of where they stand (`currentColor`), so one sign serves every scheme.
_LINES = '<g fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"'
_LINES += ' stroke-linejoin="round">'


def _sign(*paths: str, extra: str = "") -> str:
    return _LINES + "".join(f'<path d="{path}"/>' for path in paths) + extra + "</g>"


def _dots(*places: tuple[float, float]) -> str:
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="1"/>' for x, y in places)
    return f'<g fill="currentColor" stroke="none">{dots}</g>'


_BOX = '<rect x="2.5" y="{}" width="15" height="{}" rx="2"/>'

ICONS = {
    DeviceRole.ROUTER.value: _sign(
        "M10 3.2V8M8 5l2-2 2 2M10 16.8V12M8 15l2 2 2-2M3.2 10H7M5.6 8 7.6 10l-2 2"
        "M16.8 10H13M14.4 8l-2 2 2 2"
    ),
    DeviceRole.SWITCH.value: _sign(
        "M5.5 8.3h8M11.7 6.5l1.8 1.8-1.8 1.8M14.5 12.2h-8M8.3 10.4l-1.8 1.8 1.8 1.8",
        extra=_BOX.format(4, 12),
    ),
    DeviceRole.ACCESS_POINT.value: _sign(
        "M10 17v-5.5M6.9 12.6a4.2 4.2 0 1 1 6.2 0M4.3 15a7.8 7.8 0 1 1 11.4 0",
        extra=_dots((10, 9.8)),
    ),
    DeviceRole.MEDIA_CONVERTER.value: _sign(
        "M2.5 10h3M14.5 10h3M5.5 6l4 4-4 4zM14.5 6l-4 4 4 4z",
    ),
    DeviceRole.PATCH_PANEL.value: _sign(
        extra=_BOX.format(6, 8) + _dots((5.5, 10), (8.5, 10), (11.5, 10), (14.5, 10))
    ),
    DeviceRole.SERVER.value: _sign(
        "M9.5 6.2h5M9.5 13.8h5",
        extra=_BOX.format(3, 6.4) + _BOX.format(10.6, 6.4) + _dots((5.8, 6.2), (5.8, 13.8)),
    ),
    DeviceRole.IOT.value: _sign(
        "M7.5 14.2c0-2-2.3-2.7-2.3-5.6a4.8 4.8 0 0 1 9.6 0c0 2.9-2.3 3.6-2.3 5.6z"
        "M8 17.2h4M10 11v-2.2"
    ),
    DeviceRole.ENDPOINT.value: _sign("M2 15.5h16", extra=_BOX.format(4, 9)),
    "internet": _sign(
        "M2.8 10h14.4M10 2.8c-4.6 4.4-4.6 10 0 14.4M10 2.8c4.6 4.4 4.6 10 0 14.4",
        extra='<circle cx="10" cy="10" r="7.2"/>',
    ),
    "circuit": _sign(
        "M10 13v4.5M7 2.8v4M13 2.8v4M5 6.8h10v1.7a5 4.6 0 0 1-10 0z",
    ),
    "lock": _sign("M6.5 9V6.6a3.5 3.5 0 0 1 7 0V9M10 12v2.2", extra=_BOX.format(9, 8)),
    "person": _sign("M3.8 17c.4-7 12-7 12.4 0z", extra='<circle cx="10" cy="6.4" r="3.2"/>'),
    "radio": _sign(
        "M6.6 12.8a4.6 4.6 0 0 1 6.8 0M3.8 10a8.6 8.6 0 0 1 12.4 0", extra=_dots((10, 15.4))
    ),
    "shield": _sign("M10 2.6 16 5v4.6c0 3.9-2.4 6.3-6 7.8-3.6-1.5-6-3.9-6-7.8V5z"),
    "pods": _sign("M10 2.8l6.2 3.5v7.4L10 17.2l-6.2-3.5V6.3zM3.8 6.3 10 9.9l6.2-3.6M10 9.9v7.3"),
    "prefix": _sign("M10 3v5M4.5 17v-5h11v5M10 8v4", extra=_dots((10, 3), (4.5, 17), (15.5, 17))),
    "node": _sign("M10 2.6l6.4 3.7v7.4L10 17.4l-6.4-3.7V6.3z", extra=_dots((10, 10))),
}
