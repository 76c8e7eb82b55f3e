"""DHCP and DNS of one device."""

from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct


class DhcpRange(Struct, frozen=True):
    """DHCP service on one prefix; with `relayed_by` the requests come from another device."""

    prefix: str
    interface: str
    network: IPv4Network
    first: IPv4Address
    last: IPv4Address
    lease: str
    router: IPv4Address | None
    dns: IPv4Address | None
    relayed_by: IPv4Address | None = None


class DhcpReservation(Struct, frozen=True):
    """A fixed lease."""

    name: str
    mac: str
    address: IPv4Address


class DhcpRelay(Struct, frozen=True):
    """Requests that this device passes on: its address on the segment, and the server."""

    local: IPv4Address
    server: IPv4Address


class DnsRecord(Struct, frozen=True):
    """A name with the address that clients of this device get: an alias for another site's host."""

    name: str
    address: IPv4Address


class Dnsmasq(Struct, frozen=True):
    """DHCP and DNS of one device."""

    domain: str
    # Domains of all sites that it answers for: its own, and those it is joined to.
    zones: tuple[str, ...]
    interfaces: tuple[str, ...]
    ranges: tuple[DhcpRange, ...]
    reservations: tuple[DhcpReservation, ...]
    relays: tuple[DhcpRelay, ...]
    records: tuple[DnsRecord, ...]
