"""What a person sets on devices that nobody logs in to."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from plan.model.naming import DhcpReservation
from terms.values import DeviceRef, Ports


@dataclass(frozen=True, slots=True)
class SheetForward:
    """A port forward to click into an unmanaged router."""

    public: Ports
    to: IPv4Address
    port: int
    why: str


@dataclass(frozen=True, slots=True)
class SheetRoute:
    """A static route to click into an unmanaged router."""

    destination: IPv4Network
    via: IPv4Address
    why: str


@dataclass(frozen=True, slots=True)
class RouterSheet:
    """What a person sets on an unmanaged router."""

    device: DeviceRef
    forwards: tuple[SheetForward, ...]
    routes: tuple[SheetRoute, ...]
    reservations: tuple[DhcpReservation, ...]


@dataclass(frozen=True, slots=True)
class SwitchPort:
    """One port of a switch: what is plugged in and which segments it carries."""

    port: str
    neighbour: str
    speed: str
    untagged: str | None
    untagged_vlan: int | None
    tagged: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SheetRelay:
    """A segment whose DHCP requests a switch passes on to the server."""

    segment: str
    server: IPv4Address


@dataclass(frozen=True, slots=True)
class SwitchSheet:
    """What a person sets on an unmanaged switch, port by port."""

    device: DeviceRef
    ports: tuple[SwitchPort, ...]
    relays: tuple[SheetRelay, ...] = ()
