"""A device as described -> its interfaces with addresses, each on the segment it belongs to."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface

from msgspec import Struct

from config.site import Cable, Device, Interface, Site, WirelessLink
from plan.model import InterfaceKind, L3Interface, PlannedPrefix
from terms.values import DeviceRef, DeviceRole, Platform

# The name of the only interface of a device of which nothing more is known.
ONLY_INTERFACE = "eth0"

# Boxes whose ports carry frames; only their addresses make interfaces of layer 3.
LAYER_2_ROLES = frozenset(
    {
        DeviceRole.SWITCH,
        DeviceRole.ACCESS_POINT,
        DeviceRole.MEDIA_CONVERTER,
        DeviceRole.PATCH_PANEL,
    }
)


def prefix_of(prefixes: tuple[PlannedPrefix, ...], address: IPv4Address) -> PlannedPrefix | None:
    """The longest of these prefixes that holds the address; None where none does."""
    holding = [prefix for prefix in prefixes if address in prefix.cidr]
    return max(holding, key=lambda prefix: prefix.cidr.prefixlen, default=None)


def ports_of(site: Site) -> dict[str, tuple[str, ...]]:
    """The ports of each device that interfaces, cables and wireless links name, in that order."""
    found: dict[str, dict[str, None]] = {
        name: dict.fromkeys(sorted(device.interfaces)) for name, device in site.devices.items()
    }
    links: list[Cable | WirelessLink] = [*site.cables, *site.wireless]
    ends = [end for link in links for end in (link.a, link.b)]
    for device, _, port in (end.partition("/") for end in sorted(ends)):
        if port and device in found:
            found[device][port] = None
    return {device: tuple(ports) for device, ports in found.items()}


class Wiring(Struct, frozen=True):
    """What the interfaces of one device are made from."""

    ref: DeviceRef
    device: Device
    ports: tuple[str, ...]
    prefixes: tuple[PlannedPrefix, ...]
    # VLAN id of each segment of the site that has one.
    vlans: Mapping[str, int]

    def segment_of(self, address: IPv4Address) -> str | None:
        """The segment an address lies on; None for one outside the site's prefixes."""
        prefix = prefix_of(self.prefixes, address)
        return prefix.segment if prefix else None

    def with_length(self, address: IPv4Address) -> IPv4Interface:
        """The address with its prefix's length; /32 where only the provider knows the length."""
        prefix = prefix_of(self.prefixes, address)
        return IPv4Interface((address, prefix.cidr.prefixlen if prefix else 32))


def build_interfaces(wiring: Wiring) -> tuple[L3Interface, ...]:
    """Make the interfaces of a device, ports by name, each port's VLAN interfaces after it."""
    device = wiring.device
    placed = {address for port in device.interfaces.values() for address in port.addresses}
    alone = device.address if device.address and device.address not in placed else None
    home = _home_port(wiring, alone) if alone else None
    names = sorted({*device.interfaces, *((home,) if home else ())})
    found = [
        interface
        for name in names
        for interface in _interfaces_of_port(wiring, name, alone if name == home else None)
    ]
    return tuple(interface for interface in found if _is_layer_3(device, interface))


def _is_layer_3(device: Device, interface: L3Interface) -> bool:
    if interface.addresses or device.platform is not Platform.UNMANAGED:
        return True
    return device.role not in LAYER_2_ROLES


def _home_port(wiring: Wiring, address: IPv4Address) -> str:
    """The port of the address written on the device: one on its segment, else the only one."""
    segment = wiring.segment_of(address)
    inner = {
        name: port for name, port in sorted(wiring.device.interfaces.items()) if not port.uplink
    }
    for name, port in inner.items():
        if segment is not None and segment in (port.segment, *port.tagged):
            return name
    uplinks = {name for name, port in wiring.device.interfaces.items() if port.uplink}
    ports = [name for name in wiring.ports if name not in uplinks]
    return ports[0] if len(ports) == 1 else ONLY_INTERFACE


def _interfaces_of_port(
    wiring: Wiring, name: str, further: IPv4Address | None
) -> Iterator[L3Interface]:
    port = wiring.device.interfaces.get(name, Interface())
    addresses = (*((further,) if further else ()), *port.addresses)
    tagged = {segment: wiring.vlans[segment] for segment in port.tagged if segment in wiring.vlans}
    alone = further is not None or len(wiring.ports) == 1
    mac = port.mac or (wiring.device.mac if alone else None)
    untagged = tuple(a for a in addresses if wiring.segment_of(a) not in tagged)
    segment = port.segment or next(filter(None, map(wiring.segment_of, untagged)), None)
    yield L3Interface(
        device=wiring.ref,
        name=name,
        kind=InterfaceKind.UPLINK if port.uplink else InterfaceKind.PORT,
        segment=segment,
        addresses=tuple(map(wiring.with_length, untagged)),
        mac=mac,
    )
    for tag, vlan in sorted(tagged.items(), key=lambda item: item[1]):
        on_tag = tuple(wiring.with_length(a) for a in addresses if wiring.segment_of(a) == tag)
        yield L3Interface(
            device=wiring.ref,
            name=f"{name}.{vlan}",
            kind=InterfaceKind.VLAN,
            segment=tag,
            addresses=on_tag,
            parent=name,
            vlan=vlan,
            mac=mac,
        )
