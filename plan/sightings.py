"""A flow -> how its packets look at each device that they pass, translation included."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from plan.addresses import effective_address
from plan.hidden_sources import hide_sources
from plan.implied_cluster import api_parties
from plan.implied_sites import DHCP_NAME
from plan.model import Party, PartyKind, PlannedFlow
from plan.nat import NatRules
from plan.paths import Hop, Place, find_hairpin, find_path, places_of
from plan.ruleset import host_prefix
from plan.sighting import Journey, Sighting
from plan.topology import Topology
from plan.tunnels import BACKBONE_INTERFACE
from terms.values import DeviceRef

# The bridge of Weave Net's pods on a node.
POD_INTERFACE = "weave"


class Surroundings(Struct, frozen=True):
    """What a journey depends on beside its ends."""

    topology: Topology
    nat: Mapping[DeviceRef, NatRules]
    internal: tuple[IPv4Network, ...]


def sightings_of(around: Surroundings, flow: PlannedFlow) -> Iterator[Sighting]:
    """Every sighting of a flow at a managed device, hop by hop."""
    if flow.source.kind is PartyKind.PODS:
        yield from _pods_at_their_node(around, flow)
        return
    for journey in journeys_of(around, flow):
        yield from journey.sightings
    yield from _arrivals_at_members(around, flow)


def journeys_of(around: Surroundings, flow: PlannedFlow) -> Iterator[Journey]:
    """One journey for each pair of places between which there is a way."""
    for source in _sources_of(around.topology, flow.source):
        for target in places_of(around.topology, flow.target):
            journey = _travel(around, flow, source, target)
            if journey:
                yield journey


def _sources_of(topology: Topology, party: Party) -> Iterator[Place]:
    """Where a party's packets begin; of a range, its managed devices take ways of their own.

    Their routes lead straight to the device that ends a tunnel, past the router that the other
    hosts send to; where that is one device, the ways are the same.
    """
    for place in places_of(topology, party):
        yield place
        if party.kind is PartyKind.PREFIX and party.site in topology.split_sites:
            yield from _members(topology, party, place)


def is_carried(around: Surroundings, flow: PlannedFlow) -> bool:
    """Whether any way leads from the source to the target of a flow between addresses."""
    return any(True for _ in journeys_of(around, flow))


def _travel(
    around: Surroundings, flow: PlannedFlow, source: Place, target: Place
) -> Journey | None:
    topology = around.topology
    inside = flow.public_port is not None and source.site is not None
    find = find_hairpin if inside else find_path
    hops = find(topology, source, target)
    if hops is None:
        return None
    sources, seen = source.networks, []
    for hop in hops:
        sighting = _look(around, flow, hop, (source, target), sources)
        if hop.device in topology.managed and hop.enters is not None:
            seen.append(sighting)
        sources = _sources_behind(around, flow, hop, sighting)
    return Journey(tuple(seen), sources)


def _look(
    around: Surroundings,
    flow: PlannedFlow,
    hop: Hop,
    ends: tuple[Place, Place],
    sources: tuple[IPv4Network, ...],
) -> Sighting:
    source, target = ends
    topology, device = around.topology, hop.device
    outside = source.site is None and not sources
    beside_router = hop.enters != topology.outer_uplink(device)
    translated = flow.public_port is not None and device == topology.router(target.site or "")
    return Sighting(
        device=device,
        enters=hop.enters or "",
        leaves=hop.leaves,
        sources=() if _is_lease(flow, hop, source, topology) else sources,
        not_sources=around.internal if outside and beside_router else (),
        destinations=_destinations(hop, target),
        not_destinations=around.internal if target.site is None and not target.networks else (),
        original_destinations=_aliases(hop, target),
        original_port=flow.public_port if translated else None,
    )


def _is_lease(flow: PlannedFlow, hop: Hop, source: Place, topology: Topology) -> bool:
    """Whether these are DHCP clients on the device's own segment: they have no address yet.

    What the device passes on comes from clients that renew a lease, and have one.
    """
    if (
        hop.leaves is not None
        or not flow.name.startswith(f"{DHCP_NAME}/")
        or source.prefix is None
        or source.device
    ):
        return False
    return topology.address_in(hop.device, source.prefix) == hop.enters


def _destinations(hop: Hop, target: Place) -> tuple[IPv4Network, ...]:
    """What the destination is here; a device takes every packet that is for itself."""
    if hop.leaves is None:
        return ()
    return target.networks if hop.device.site == target.site else target.effective


def _aliases(hop: Hop, target: Place) -> tuple[IPv4Network, ...]:
    """What the destination was, where packets of other sites come out of the mesh."""
    arrives = hop.enters == BACKBONE_INTERFACE and hop.device.site == target.site
    if not arrives or hop.leaves is None or target.networks == target.effective:
        return ()
    return target.effective


def _sources_behind(
    around: Surroundings, flow: PlannedFlow, hop: Hop, sighting: Sighting
) -> tuple[IPv4Network, ...]:
    """The sources as the next device sees them."""
    if hop.leaves is None:
        return sighting.sources
    if hop.leaves == BACKBONE_INTERFACE:
        return tuple(_outer(around.topology, hop.device.site, own) for own in sighting.sources)
    rules = around.nat.get(hop.device)
    hidden = hide_sources(rules.postrouting, flow, sighting) if rules else None
    if hidden is None:
        return sighting.sources
    interfaces = around.topology.directory.places.interfaces.get(hop.device, ())
    own = (a.ip for i in interfaces if i.name == hop.leaves for a in i.addresses)
    return (*hidden, *map(host_prefix, own))


def _outer(topology: Topology, site: str, own: IPv4Network) -> IPv4Network:
    prefix = topology.prefix_of(site, own.network_address)
    if prefix is None:
        return own
    return IPv4Network((effective_address(prefix, own.network_address), own.prefixlen))


def _arrivals_at_members(around: Surroundings, flow: PlannedFlow) -> Iterator[Sighting]:
    """A range includes the devices with an address in it, and those filter for themselves."""
    if flow.target.kind is not PartyKind.PREFIX:
        return
    for target in places_of(around.topology, flow.target):
        for member in _members(around.topology, flow.target, target):
            for source in _sources_of(around.topology, flow.source):
                yield from _arrival_at(around, flow, source, member)


def _arrival_at(
    around: Surroundings, flow: PlannedFlow, source: Place, member: Place
) -> Iterator[Sighting]:
    if source.tunnel is None and source.device == member.device:
        return
    journey = _travel(around, flow, source, member)
    last = journey.sightings[-1] if journey and journey.sightings else None
    if last and last.leaves is None:
        yield replace(last, destinations=member.networks)


def _members(topology: Topology, party: Party, place: Place) -> Iterator[Place]:
    """The managed devices with an address in the party's range, each with that address."""
    for device in topology.directory.places.managed.get(party.site or "", ()):
        for own in _answered_by(topology, device):
            if any(own.subnet_of(network) for network in party.networks):
                outer = _outer(topology, device.site, own)
                yield Place((own,), (outer,), device.site, place.prefix, device)


def _answered_by(topology: Topology, device: DeviceRef) -> tuple[IPv4Network, ...]:
    """Every address of a device, and on the control plane the API's virtual one."""
    own = map(host_prefix, topology.directory.places.own_addresses(device))
    api = (p.networks for p in api_parties(topology.directory) if p.device == device)
    return tuple(dict.fromkeys((*own, *chain.from_iterable(api))))


def _pods_at_their_node(around: Surroundings, flow: PlannedFlow) -> Iterator[Sighting]:
    """Pods reach their own node without translation; elsewhere they have their node's address."""
    cluster = around.topology.directory.network.cluster
    if cluster is None:
        return
    for node in sorted(around.topology.nodes & around.topology.managed):
        if flow.target.device == node:
            yield Sighting(node, POD_INTERFACE, None, (cluster.pods,))
        elif flow.target.kind is PartyKind.PREFIX and flow.target.site == node.site:
            own = _answered_by(around.topology, node)
            inside = tuple(a for a in own if any(a.subnet_of(n) for n in flow.target.networks))
            if inside:
                yield Sighting(node, POD_INTERFACE, None, (cluster.pods,), destinations=inside)
