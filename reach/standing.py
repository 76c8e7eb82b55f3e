"""Where endpoints stand: the places they send from and the addresses they answer at."""

from ipaddress import IPv4Address
from typing import TypeAlias

from msgspec import Struct

from reach.findings import Endpoint
from reach.policies import Pod
from reach.world import SegmentKey
from terms.values import DeviceRef


class HostStart(Struct, frozen=True):
    """A host on a segment sends from an address of its own."""

    segment: SegmentKey
    address: int

    @property
    def label(self) -> str:
        """How parts name this place."""
        return str(IPv4Address(self.address))


class DeviceStart(Struct, frozen=True):
    """A device with a route table of its own sends."""

    ref: DeviceRef

    @property
    def label(self) -> str:
        """How parts name this place."""
        return str(self.ref)


class TunnelStart(Struct, frozen=True):
    """A VPN client sends; its packets come out of a device's WireGuard interface."""

    ref: DeviceRef
    tunnel: str
    address: int

    @property
    def label(self) -> str:
        """How parts name this place."""
        return str(IPv4Address(self.address))


class InternetStart(Struct, frozen=True):
    """Somebody outside sends."""

    address: int

    @property
    def label(self) -> str:
        """How parts name this place."""
        return str(IPv4Address(self.address))


Start: TypeAlias = HostStart | DeviceStart | TunnelStart | InternetStart


class Standing(Struct, frozen=True):
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
