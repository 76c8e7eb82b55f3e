"""Flows from the internet and WireGuard listeners -> ports that a site's router forwards."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from msgspec import Struct

from config.network import Network
from plan.addresses import addresses_of
from plan.interfaces import prefix_of
from plan.model import Addresses, Mesh, Party, PlannedFlow
from plan.places import Places, find_places
from plan.tunnels import is_dialable
from terms.values import DeviceRef, Ports, Protocol


class Forward(Struct, frozen=True):
    """A public port of a site and the address and port behind it."""

    site: str
    protocol: Protocol
    public_port: int
    address: IPv4Address
    port: int
    # The device that has the address; None for a load-balancer's.
    device: DeviceRef | None
    # The target's segment, which decides about hairpin.
    segment: str | None
    why: str

    @property
    def public(self) -> Ports:
        """The public port as it is written."""
        return Ports(self.protocol, self.public_port, self.public_port)

    @property
    def inner(self) -> Ports:
        """The port behind it, as it is written."""
        return Ports(self.protocol, self.port, self.port)


def list_forwards(
    network: Network, addresses: Addresses, mesh: Mesh, flows: tuple[PlannedFlow, ...]
) -> tuple[Forward, ...]:
    """Find the forwards of all sites by public port; of two for one port, a flow's wins."""
    places = find_places(network, addresses)
    found: dict[tuple[str, Protocol, int], Forward] = {}
    for forward in (*_by_flows(network, places, flows), *_by_listeners(network, places, mesh)):
        found.setdefault((forward.site, forward.protocol, forward.public_port), forward)
    order = {site: number for number, site in enumerate(addresses.routers)}
    return tuple(
        sorted(found.values(), key=lambda f: (order[f.site], f.public_port, f.protocol.value))
    )


def _by_flows(
    network: Network, places: Places, flows: tuple[PlannedFlow, ...]
) -> Iterator[Forward]:
    for flow in flows:
        ports = flow.ports[0] if len(flow.ports) == 1 else None
        address = _address_of(network, flow.target)
        site = flow.target.site
        if flow.public_port is None or ports is None or address is None or site is None:
            continue
        yield Forward(
            site=site,
            protocol=ports.protocol,
            public_port=flow.public_port,
            address=address,
            port=ports.first,
            device=flow.target.device,
            segment=_segment_of(places, site, address),
            why=flow.name,
        )


def _by_listeners(network: Network, places: Places, mesh: Mesh) -> Iterator[Forward]:
    """WireGuard listens on the device that ends the tunnels, beside the router or on it."""
    for wireguard in mesh.interfaces:
        device = wireguard.device
        address = next(iter(addresses_of(network.device(device))), None)
        dialled = wireguard.endpoint or is_dialable(network.sites[device.site])
        if address is None or not dialled:
            continue
        yield Forward(
            site=device.site,
            protocol=Protocol.UDP,
            public_port=wireguard.port,
            address=address,
            port=wireguard.port,
            device=device,
            segment=_segment_of(places, device.site, address),
            why=f"WireGuard interface {wireguard.name}",
        )


def _address_of(network: Network, target: Party) -> IPv4Address | None:
    """Where the target answers inside its site: a device by the address it is known by."""
    if target.device:
        return next(iter(addresses_of(network.device(target.device))), None)
    return target.networks[0].network_address if target.networks else None


def _segment_of(places: Places, site: str, address: IPv4Address) -> str | None:
    prefix = prefix_of(places.prefixes[site], address)
    return prefix.segment if prefix else None
