"""Uplinks and tunnels -> how many bytes a packet may have, down to the pods."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from config.cluster import Weave
from config.network import Network
from config.site import Segment, Site
from plan.model import Addresses, LinkKind, Mesh, MtuStep

# IPv6 header 40, UDP 8, WireGuard 32; what fits then fits over IPv4 too (wg-quick(8)).
WIREGUARD_OVERHEAD = 80
# IPv4 20, UDP 8, VXLAN 8, inner Ethernet 14 (RFC 7348).
VXLAN_OVERHEAD = 50
# ESP around it takes up to 37 more.
ENCRYPTED_OVERHEAD = VXLAN_OVERHEAD + 37
# Weave Net's MTU has to be a multiple of this.
WEAVE_STEP = 4


def wireguard_mtu(underlays: Iterable[int]) -> int:
    """MTU of a WireGuard interface over uplinks of these MTUs, in bytes."""
    return min(underlays) - WIREGUARD_OVERHEAD


def mtu_chain(network: Network, addresses: Addresses, mesh: Mesh) -> tuple[MtuStep, ...]:
    """Explain the pods' MTU, which is the last step; no steps without a cluster."""
    if network.cluster is None:
        return ()
    return _steps(network.cluster.weave, network, addresses, mesh)


def _steps(weave: Weave, network: Network, addresses: Addresses, mesh: Mesh) -> tuple[MtuStep, ...]:
    sites = tuple(dict.fromkeys(device.site for device, _ in addresses.nodes))
    between = tuple(_mesh_steps(network, mesh, frozenset(sites)))
    carriers = (*_lan_steps(network, addresses), *between)
    narrowest = min(step.mtu for step in carriers)
    computed = _floor(narrowest - (ENCRYPTED_OVERHEAD if weave.encryption else VXLAN_OVERHEAD))
    pods = MtuStep("pods", computed, _explain_pods(narrowest, weave))
    if weave.mtu is None or weave.mtu >= computed:
        return (*carriers, pods)
    chosen = MtuStep("pods, as written", weave.mtu, f"cluster.weave.mtu asks for {weave.mtu}")
    return (*carriers, pods, chosen)


def _floor(mtu: int) -> int:
    return mtu - mtu % WEAVE_STEP


def _explain_pods(narrowest: int, weave: Weave) -> str:
    multiple = f"rounded down to a multiple of {WEAVE_STEP}"
    if weave.encryption:
        return f"{narrowest} less {ENCRYPTED_OVERHEAD} for VXLAN and ESP, {multiple}"
    return f"{narrowest} less {VXLAN_OVERHEAD} for VXLAN, {multiple}"


def _lan_steps(network: Network, addresses: Addresses) -> Iterator[MtuStep]:
    """Name each site whose nodes meet without the mesh, and the only site there is."""
    counts: dict[str, int] = {}
    for device, _ in addresses.nodes:
        counts[device.site] = counts.get(device.site, 0) + 1
    alone = len(counts) == 1
    for site, count in counts.items():
        if count > 1 or alone:
            mtu = _lan_mtu(network.sites[site], addresses, site)
            yield MtuStep(f"LAN of {site}", mtu, "nodes of one site meet over Ethernet")


def _lan_mtu(record: Site, addresses: Addresses, site: str) -> int:
    """The narrowest segment that a node of the site stands on."""
    nodes = {str(device) for device, _ in addresses.nodes}
    segments = {
        host.segment
        for host in addresses.hosts
        if host.site == site and f"{site}/{host.name}" in nodes
    }
    return min((record.segments.get(name) or Segment()).mtu for name in segments or {""})


def _mesh_steps(network: Network, mesh: Mesh, sites: frozenset[str]) -> Iterator[MtuStep]:
    """For each pair of sites with nodes, the tunnels that a packet between them passes."""
    tunnels = {i.device.site: i.mtu for i in mesh.interfaces if i.endpoint is None}
    ordered = [site for site in tunnels if site in sites]
    for a, b in combinations(ordered, 2):
        link = mesh.between(a, b)
        if link.kind is LinkKind.REFUSED:
            continue
        passed = [site for site in (a, link.relay, b) if site]
        underlay = min(network.sites[site].circuit.mtu for site in passed)
        yield MtuStep(
            f"mesh {' - '.join(passed)}",
            min(tunnels[site] for site in passed),
            f"uplinks of {underlay} less {WIREGUARD_OVERHEAD} for WireGuard, "
            "and no more than any tunnel of these gateways carries",
        )
