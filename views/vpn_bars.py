"""WireGuard interfaces of a site -> bars with their clients, on a spine to their device."""

from collections.abc import Iterator

from msgspec import Struct

from plan.model import Peer, Plan, WireguardInterface
from terms.values import DeviceRef
from views.cabling import natural_key
from views.drawing import Group, Icon, Item, Rect, Shape, Text
from views.metrics import FIXED, PLAIN, SMALL, STRONG, Font, measure_text
from views.palette import tenant_style

BAR_GAP, SPINE_GAP = 6, 16
_ROW, _PAD, _SPACE = 28, 10, 12
_NARROWEST = 540


class Bar(Struct, frozen=True):
    """The bar of one interface, with its height and its drawing for a width."""

    interface: WireguardInterface
    width: int
    height: int
    item: Group


class _Piece(Struct, frozen=True):
    items: tuple[Item, ...]
    width: int


def make_bars(plan: Plan, device: DeviceRef, room: int) -> tuple[Bar, ...]:
    """Make the bars of a device's interfaces: the backbone first, then endpoints by name."""
    own = [one for one in plan.mesh.interfaces if one.device == device]
    own.sort(key=lambda one: (one.endpoint is not None, natural_key(one.name)))
    return tuple(_make_bar(plan, one, max(room, _NARROWEST)) for one in own)


def _make_bar(plan: Plan, interface: WireguardInterface, room: int) -> Bar:
    pieces = list(_pieces(plan, interface))
    rows: list[list[_Piece]] = [[]]
    x = _PAD
    for piece in pieces:
        if rows[-1] and x + piece.width + _PAD > room:
            rows.append([])
            x = _PAD
        rows[-1].append(piece)
        x += piece.width + _SPACE
    width = max(sum(p.width + _SPACE for p in row) for row in rows) - _SPACE + 2 * _PAD
    height = _ROW * len(rows)
    items: list[Item] = [
        Shape(Rect(0, 0, width, height), "own" if interface.endpoint else "mesh", 8)
    ]
    for number, row in enumerate(rows):
        x = _PAD
        for piece in row:
            items.append(Group(piece.items, at=(x, number * _ROW)))
            x += piece.width + _SPACE
    return Bar(interface, width, height, _name_bar(plan, interface, items))


def _name_bar(plan: Plan, interface: WireguardInterface, items: list[Item]) -> Group:
    first = items[0]
    if isinstance(first, Shape):
        items[0] = Shape(first.rect, first.style, first.radius, solid=True)
    device = str(interface.device)
    data: tuple[tuple[str, str], ...]
    if interface.endpoint is None:
        peers = ";".join(f"{other} {how}" for other, how in _peers(plan, interface.device.site))
        data = (("backbone", device), ("peers", peers))
        return Group(tuple(items), data, f"{interface.name} of {device}: {interface.address}")
    tenant = plan.network.vpn.endpoints[interface.endpoint].tenant
    data = (("endpoint", interface.endpoint), ("tenant", tenant), ("at", device))
    title = f"VPN endpoint {interface.endpoint} of tenant {tenant} at {device}"
    return Group(tuple(items), data, title, tenant_style(plan.network.tenants[tenant].id))


def _pieces(plan: Plan, interface: WireguardInterface) -> Iterator[_Piece]:
    yield _Piece(
        (Icon("lock", 0, 6, 16), Text(22, 18, interface.name, STRONG)),
        22 + _wide(interface.name, STRONG),
    )
    yield _text(str(interface.address), FIXED)
    yield _text(f"udp/{interface.port}", FIXED)
    yield _text(f"MTU {interface.mtu}", SMALL, "soft")
    if interface.endpoint is None:
        for other, how in _peers(plan, interface.device.site):
            yield _text(f"{other} {how}", SMALL, "soft")
        return
    tenant = plan.network.vpn.endpoints[interface.endpoint].tenant
    yield _text(f"tenant {tenant}", STRONG, "own-text")
    for peer in interface.peers:
        yield _client(peer)


def _wide(text: str, font: Font) -> int:
    return measure_text(text, font)


def _text(text: str, font: Font, style: str = "") -> _Piece:
    return _Piece((Text(0, 18, text, font, style),), _wide(text, font))


def _client(peer: Peer) -> _Piece:
    """A client with its address, as a chip that hangs on the bar."""
    name = peer.name.removeprefix("client ")
    address = ", ".join(str(network.network_address) for network in peer.allowed_ips)
    start = 24 + _wide(name, PLAIN)
    width = start + 8 + _wide(address, FIXED) + 8
    items = (
        Shape(Rect(0, 4, width, 20), "chip", 10),
        Icon("person", 5, 6, 16),
        Text(24, 18, name, PLAIN),
        Text(start + 8, 18, address, FIXED, "soft"),
    )
    return _Piece((Group(items, (("client", name),), f"client {name}: {address}"),), width)


def _peers(plan: Plan, site: str) -> Iterator[tuple[str, str]]:
    """List how a site meets each other one: direct, via a relay, or not at all."""
    for link in plan.mesh.links:
        if site in (link.a, link.b):
            other = link.b if site == link.a else link.a
            yield other, f"via {link.relay}" if link.relay else link.kind.value
