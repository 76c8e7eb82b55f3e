"""Planned addresses and tunnels -> one place to look up what flows speak of."""

from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from config.network import Network
from plan.model import Addresses, Mesh, PlannedPrefix
from plan.places import Places, find_places
from plan.reached import placed_endpoints
from plan.ruleset import host_prefix
from terms.values import DeviceRef


class Directory(Struct, frozen=True):
    """Everything that parties are looked up in, sorted once."""

    network: Network
    addresses: Addresses
    places: Places
    prefixes: dict[tuple[str, str], PlannedPrefix]
    # Devices that end VPN endpoints, by endpoint.
    endpoints: dict[str, DeviceRef]
    # Addresses of WireGuard interfaces, by device.
    tunnels: dict[DeviceRef, tuple[IPv4Network, ...]]
    # Which device answers at an address of a site.
    owners: dict[tuple[str, IPv4Address], DeviceRef]


def find_directory(network: Network, addresses: Addresses, mesh: Mesh) -> Directory:
    """Sort what parties are made from."""
    tunnels: dict[DeviceRef, tuple[IPv4Network, ...]] = {}
    for interface in mesh.interfaces:
        known = tunnels.get(interface.device, ())
        tunnels[interface.device] = (*known, host_prefix(interface.address.ip))
    return Directory(
        network=network,
        addresses=addresses,
        places=find_places(network, addresses),
        prefixes={(prefix.site, prefix.name): prefix for prefix in addresses.prefixes},
        endpoints={placed.name: placed.device for placed in placed_endpoints(network)},
        tunnels=tunnels,
        owners={
            (interface.device.site, address.ip): interface.device
            for interface in addresses.interfaces
            for address in interface.addresses
        },
    )
