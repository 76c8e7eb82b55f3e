"""What a person sets on devices that nobody logs in to."""

from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from plan.model.naming import DhcpReservation
from terms.values import DeviceRef, Ports


class SheetForward(Struct, frozen=True):
    """A port forward to click into an unmanaged router."""

    public: Ports
    to: IPv4Address
    port: int
    why: str


class SheetRoute(Struct, frozen=True):
    """A static route to click into an unmanaged router."""

    destination: IPv4Network
    via: IPv4Address
    why: str


class RouterSheet(Struct, frozen=True):
    """What a person sets on an unmanaged router."""

    device: DeviceRef
    forwards: tuple[SheetForward, ...]
    routes: tuple[SheetRoute, ...]
    reservations: tuple[DhcpReservation, ...]


class SwitchPort(Struct, frozen=True):
    """One port of a switch: what is plugged in and which segments it carries."""

    port: str
    neighbour: str
    speed: str
    untagged: str | None
    untagged_vlan: int | None
    tagged: tuple[tuple[str, int], ...]


class SheetRelay(Struct, frozen=True):
    """A segment whose DHCP requests a switch passes on to the server."""

    segment: str
    server: IPv4Address


class SwitchSheet(Struct, frozen=True):
    """What a person sets on an unmanaged switch, port by port."""

    device: DeviceRef
    ports: tuple[SwitchPort, ...]
    relays: tuple[SheetRelay, ...] = ()
