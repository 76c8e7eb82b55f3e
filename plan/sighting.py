"""What packets of a flow look like at a device, and on their whole way."""

from ipaddress import IPv4Network

from msgspec import Struct

from terms.values import DeviceRef


class Sighting(Struct, frozen=True):
    """Packets of a flow at one device, after its destination and before its source translation.

    `leaves` is None where they end. Empty sources or destinations mean any but the excluded.
    """

    device: DeviceRef
    enters: str
    leaves: str | None
    sources: tuple[IPv4Network, ...]
    not_sources: tuple[IPv4Network, ...] = ()
    destinations: tuple[IPv4Network, ...] = ()
    not_destinations: tuple[IPv4Network, ...] = ()
    original_destinations: tuple[IPv4Network, ...] = ()
    original_port: int | None = None


class Journey(Struct, frozen=True):
    """Packets from one place to another: at each hop, and their sources when they arrive."""

    sightings: tuple[Sighting, ...]
    arriving: tuple[IPv4Network, ...]
