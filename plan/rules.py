"""Flows, translation and management paths -> the packet rules of each managed device."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network

from config.network import Network
from plan.directory import find_directory
from plan.implication import PING
from plan.internal import internal_networks
from plan.merging import merge_rules, without_parts
from plan.model import Addresses, ManagementPath, Mesh, PlannedFlow
from plan.nat import NatRules
from plan.preamble import (
    answers,
    guard_named,
    input_preamble,
    let_pods_pass,
    no_ipv6,
    no_strays,
)
from plan.ruleset import Accept, Chain, ClampMss, Drop, Match, Rule, RuleChain, Ruleset
from plan.sighting import Sighting
from plan.sightings import POD_INTERFACE, Surroundings, sightings_of
from plan.topology import Topology, find_topology
from terms.values import DeviceRef, Ports, Protocol

MANAGEMENT = "management"

# Accept rules of each chain of each device, in the order of the flows.
Accepts = dict[tuple[DeviceRef, Chain], list[Rule]]


def build_rulesets(
    network: Network,
    addresses: Addresses,
    mesh: Mesh,
    flows: tuple[PlannedFlow, ...],
    nat: Mapping[DeviceRef, NatRules],
    management: Mapping[DeviceRef, ManagementPath],
) -> dict[DeviceRef, Ruleset]:
    """Compute the rules of every managed device; each accept serves a flow or stands before all."""
    around = surroundings(network, addresses, mesh, nat)
    topology = around.topology
    accepts = _accepts(around, flows, management)
    tunnels = _tunnels_by_device(mesh)
    return {
        device: _ruleset(topology, device, accepts, nat.get(device), tunnels.get(device, ()))
        for site in addresses.routers
        for device in topology.directory.places.managed[site]
    }


def surroundings(
    network: Network, addresses: Addresses, mesh: Mesh, nat: Mapping[DeviceRef, NatRules]
) -> Surroundings:
    """What the journeys of flows depend on."""
    topology = find_topology(find_directory(network, addresses, mesh), mesh)
    return Surroundings(topology, nat, internal_networks(network, addresses))


# ---------------------------------------------------------------- flows -> accept rules


def _accepts(
    around: Surroundings,
    flows: tuple[PlannedFlow, ...],
    management: Mapping[DeviceRef, ManagementPath],
) -> Accepts:
    found: Accepts = defaultdict(list)
    for flow in sorted(flows, key=lambda flow: not _is_management(flow)):
        logged_in_to = _logged_in_to(flow, management)
        for sighting in sightings_of(around, flow):
            if logged_in_to and sighting.device == flow.target.device:
                continue
            chain = Chain.FORWARD if sighting.leaves is not None else Chain.INPUT
            found[sighting.device, chain] += _accept(flow, sighting)
        if logged_in_to:
            found[logged_in_to.device, Chain.INPUT] += _accept_operator(flow, logged_in_to.sources)
    return found


def _is_management(flow: PlannedFlow) -> bool:
    return flow.name.startswith(f"{MANAGEMENT}/")


def _logged_in_to(
    flow: PlannedFlow, management: Mapping[DeviceRef, ManagementPath]
) -> ManagementPath | None:
    """The planned way in to the flow's target, where it is the operator's; it knows all sources."""
    if not _is_management(flow) or PING not in flow.ports or flow.target.device is None:
        return None
    path = management.get(flow.target.device)
    return path if path and path.sources else None


def _accept_operator(flow: PlannedFlow, sources: tuple[IPv4Network, ...]) -> Iterator[Rule]:
    for protocol, ports in _by_protocol(flow.ports):
        match = Match(sources=without_parts(sources), protocol=protocol, ports=ports)
        yield Rule(match, Accept(), flow.name)


def _accept(flow: PlannedFlow, sighting: Sighting) -> Iterator[Rule]:
    for protocol, ports in _by_protocol(flow.ports):
        match = Match(
            input_interfaces=(sighting.enters,),
            output_interfaces=(sighting.leaves,) if sighting.leaves is not None else (),
            sources=without_parts(sighting.sources),
            not_sources=sighting.not_sources,
            destinations=without_parts(sighting.destinations),
            not_destinations=sighting.not_destinations,
            protocol=protocol,
            ports=ports,
            original_destinations=without_parts(sighting.original_destinations),
            original_port=sighting.original_port,
        )
        yield Rule(match, Accept(), flow.name)


def _by_protocol(ports: Iterable[Ports]) -> Iterator[tuple[Protocol, tuple[Ports, ...]]]:
    """One entry for each protocol; no ports where all of them are meant."""
    found: dict[Protocol, list[Ports]] = {}
    for item in sorted(ports):
        found.setdefault(item.protocol, []).append(item)
    if Protocol.ANY in found:
        found = {Protocol.ANY: found[Protocol.ANY]}
    for protocol, listed in found.items():
        whole = any(item.every_port for item in listed)
        yield protocol, () if whole else tuple(listed)


# ---------------------------------------------------------------- chains


def _ruleset(
    topology: Topology,
    device: DeviceRef,
    accepts: Accepts,
    nat: NatRules | None,
    tunnels: tuple[str, ...],
) -> Ruleset:
    chains = [
        RuleChain(Chain.PREROUTING, True, nat.prerouting if nat else ()),
        RuleChain(Chain.MSS, True, tuple(_clamps(tunnels))),
        _input_chain(topology, device, accepts),
        *_forward_chains(topology, device, accepts, tunnels),
        RuleChain(Chain.POSTROUTING, True, nat.postrouting if nat else ()),
    ]
    return Ruleset(tuple(chain for chain in chains if chain.rules))


def _clamps(tunnels: tuple[str, ...]) -> Iterator[Rule]:
    if tunnels:
        why = "TCP fits the tunnel"
        yield Rule(Match(input_interfaces=tunnels, protocol=Protocol.TCP), ClampMss(), why)
        yield Rule(Match(output_interfaces=tunnels, protocol=Protocol.TCP), ClampMss(), why)


def _input_chain(topology: Topology, device: DeviceRef, accepts: Accepts) -> RuleChain:
    flows = merge_rules(accepts.get((device, Chain.INPUT), ()))
    closing = (
        (Rule(Match(input_interfaces=(POD_INTERFACE,)), Drop(), "pods, whom no policy keeps out"),)
        if device in topology.nodes
        else ()
    )
    return RuleChain(Chain.INPUT, False, (*input_preamble(), *flows, *closing))


def _forward_chains(
    topology: Topology, device: DeviceRef, accepts: Accepts, tunnels: tuple[str, ...]
) -> Iterator[RuleChain]:
    """None on a host that passes nothing on; on a cluster node only named interfaces are closed.

    Weave Net and kube-proxy forward on a node too, and their own chains decide about it.
    """
    if device not in topology.forwarding:
        return
    flows = merge_rules(accepts.get((device, Chain.FORWARD), ()))
    turning = tuple(rule for rule in flows if _turns_back(rule))
    passing = tuple(rule for rule in flows if not _turns_back(rule))
    if device not in topology.nodes:
        rules = (*no_ipv6(()), *answers(), *turning, *no_strays(()), *passing)
        yield RuleChain(Chain.FORWARD, False, rules)
        return
    named = (*tunnels, *topology.directory.places.uplinks(device))
    cluster = topology.directory.network.cluster
    pods = (cluster.pods,) if cluster else ()
    before = (*let_pods_pass(POD_INTERFACE, pods), *no_ipv6(named), *answers(), *turning)
    rules = (*before, *no_strays(named), *passing, *guard_named(named))
    yield RuleChain(Chain.FORWARD, True, rules)


def _turns_back(rule: Rule) -> bool:
    """Whether packets leave by the segment they came from, to an address of another range on it.

    The target answers such a neighbour directly, so the router sees half a connection, which
    connection tracking calls invalid: these rules stand before the one that drops that.
    """
    return rule.match.input_interfaces == rule.match.output_interfaces


def _tunnels_by_device(mesh: Mesh) -> dict[DeviceRef, tuple[str, ...]]:
    found: dict[DeviceRef, tuple[str, ...]] = {}
    for interface in mesh.interfaces:
        found[interface.device] = (*found.get(interface.device, ()), interface.name)
    return found
