"""Everything that was computed for a device -> the one plan it is configured from."""

from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct

from config.network import Network
from plan.model import (
    Addresses,
    DevicePlan,
    Dnsmasq,
    ManagementPath,
    Mesh,
    Route,
    WireguardInterface,
)
from plan.places import find_places
from plan.reached import placed_endpoints
from plan.ruleset import Ruleset
from terms.values import DeviceRef

# A router passes packets on, gives no host a shorter way than its rules know, and believes none.
# Loose reverse-path checks (RFC 3704): answers may come back by another interface than the route's.
FORWARDING_SYSCTL = (
    ("net.ipv4.ip_forward", "1"),
    ("net.ipv4.conf.all.rp_filter", "2"),
    ("net.ipv4.conf.default.rp_filter", "2"),
    ("net.ipv4.conf.all.send_redirects", "0"),
    ("net.ipv4.conf.default.send_redirects", "0"),
    ("net.ipv4.conf.all.accept_redirects", "0"),
    ("net.ipv4.conf.default.accept_redirects", "0"),
)


class DeviceParts(Struct, frozen=True):
    """What earlier steps computed, by device."""

    routes: Mapping[DeviceRef, tuple[Route, ...]]
    rulesets: Mapping[DeviceRef, Ruleset]
    dnsmasq: Mapping[DeviceRef, Dnsmasq]
    management: Mapping[DeviceRef, ManagementPath]


def build_devices(
    network: Network, addresses: Addresses, mesh: Mesh, parts: DeviceParts
) -> tuple[DevicePlan, ...]:
    """Join the parts of every managed device, in the order of (site id, name)."""
    places = find_places(network, addresses)
    wireguard: dict[DeviceRef, list[WireguardInterface]] = defaultdict(list)
    for interface in mesh.interfaces:
        wireguard[interface.device].append(interface)
    forwarding = forwarding_devices(network, addresses)
    nodes = {device for device, _ in addresses.nodes}
    return tuple(
        DevicePlan(
            ref=ref,
            interfaces=places.interfaces.get(ref, ()),
            wireguard=tuple(wireguard[ref]),
            routes=parts.routes[ref],
            ruleset=parts.rulesets[ref],
            dnsmasq=parts.dnsmasq.get(ref),
            sysctl=FORWARDING_SYSCTL if ref in forwarding else (),
            management=parts.management[ref],
            forwards=ref in forwarding,
            cluster_node=ref in nodes,
        )
        for site in addresses.routers
        for ref in places.managed[site]
    )


def forwarding_devices(network: Network, addresses: Addresses) -> frozenset[DeviceRef]:
    """Devices that pass packets on: routers, gateways and those that end VPN endpoints."""
    middle = {*addresses.routers.values(), *addresses.gateways.values()}
    ends = {placed.device for placed in placed_endpoints(network)}
    return frozenset({device for device in middle if device} | ends)
