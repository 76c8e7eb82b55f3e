"""What the device of a VPN client has to know."""

from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from terms.values import DeviceRef


class ClientRoute(Struct, frozen=True):
    """A range that a client sends into its tunnel, and what is there, in words."""

    network: IPv4Network
    what: str


class ClientProfile(Struct, frozen=True):
    """One client as its own device has to be configured, without any key.

    Its routes are a convenience of its tenant: what passes is decided at the endpoint.
    """

    name: str
    endpoint: str
    tenant: str
    # The device that ends the tunnel, and its interface there.
    device: DeviceRef
    interface: str
    address: IPv4Address
    # Where it is dialled.
    host: str
    port: int
    dns: IPv4Address
    # Names without a dot are looked up in it; None where another server than ours is asked.
    domain: str | None
    mtu: int
    routes: tuple[ClientRoute, ...]
