"""Where endpoints stand: the places they send from and the addresses they answer at."""

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import TypeAlias

from reach.findings import Endpoint
from reach.policies import Pod
from reach.world import SegmentKey
from terms.values import DeviceRef


@dataclass(frozen=True, slots=True)
class HostStart:
    """A host on a segment sends from an address of its own."""

    segment: SegmentKey
    address: int

    @property
    def label(self) -> str:
        """How parts name this place."""
        return str(IPv4Address(self.address))


@dataclass(frozen=True, slots=True)
class DeviceStart:
    """A device with a route table of its own sends."""

    ref: DeviceRef

    @property
    def label(self) -> str:
        """How parts name this place."""
        return str(self.ref)


@dataclass(frozen=True, slots=True)
class TunnelStart:
    """A VPN client sends; its packets come out of a device's WireGuard interface."""

    ref: DeviceRef
    tunnel: str
    address: int

    @property
    def label(self) -> str:
        """How parts name this place."""
        return str(IPv4Address(self.address))


@dataclass(frozen=True, slots=True)
class InternetStart:
    """Somebody outside sends."""

    address: int

    @property
    def label(self) -> str:
        """How parts name this place."""
        return str(IPv4Address(self.address))


Start: TypeAlias = HostStart | DeviceStart | TunnelStart | InternetStart


@dataclass(frozen=True, slots=True)
class Standing:
    """An endpoint with its places; pods have none of their own, for nodes send for them."""

    endpoint: Endpoint
    starts: tuple[Start, ...] = ()
    # For each host the addresses that mean it: its own, and its alias.
    dials: tuple[tuple[int, ...], ...] = ()
    pod: Pod | None = None
    device: DeviceRef | None = None
    # Address of the load balancer before the pods.
    service: int | None = None

    @property
    def name(self) -> str:
        """The endpoint's name."""
        return self.endpoint.name
