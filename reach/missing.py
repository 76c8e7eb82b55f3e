"""Flows and verdicts -> the flows that do not work, with what stops them."""

from collections.abc import Callable, Iterable, Iterator
from itertools import product

from msgspec import Struct

from plan.model import PartyKind, Plan, PlannedFlow
from reach.coverage import TUNNELLED, PartyMatcher, ports_of_pods, public_ports
from reach.findings import POD_NETWORK, Dial, EndpointKind, Part, Step, StepKind, Verdict
from reach.model import Reach
from reach.portset import PortSet
from reach.standing import Standing

NOTHING_KNOWN = Step(StepKind.LOST, "the network", "no way leads there")


class Gap(Struct, frozen=True):
    """Ports of a flow that do not work between two endpoints, and what stops them."""

    flow: PlannedFlow
    source: str
    target: str
    ports: PortSet
    stop: Step


class GapFinder:
    """Holds each flow against what is open between the endpoints that it speaks of."""

    def __init__(self, plan: Plan, reach: Reach) -> None:
        self._plan = plan
        self._reach = reach
        self._matcher = PartyMatcher()
        self._standings = tuple(each for each in reach.standings if each.endpoint.evaluated)
        self._routers = frozenset(
            {device.ref for device in plan.devices if device.forwards}
            | {ref for ref in plan.addresses.routers.values() if ref}
        )
        self._gateways = frozenset(ref for ref in plan.addresses.gateways.values() if ref)
        self._nodes = frozenset(ref for ref, _ in plan.addresses.nodes)

    def find(self) -> Iterator[Gap]:
        """Every gap of every flow."""
        for flow in self._plan.flows:
            targets = tuple(self._targets(flow))
            for origin, target in product(self._sources(flow), targets):
                if origin[0].name != target.name or target.device is None:
                    yield from self._gaps(flow, origin, target)

    def _sources(self, flow: PlannedFlow) -> Iterator[tuple[Standing, str | None]]:
        """Who opens connections, and from which place; pods from wherever their node puts them."""
        for standing in self._standings:
            if standing.pod is not None and self._matcher.opens(flow.source, standing, None):
                yield standing, None
            is_bystander = self._is_bystander(flow.source.kind, standing)
            for start in () if is_bystander else standing.starts:
                if self._matcher.opens(flow.source, standing, start):
                    yield standing, start.label

    def _targets(self, flow: PlannedFlow) -> Iterator[Standing]:
        for standing in self._standings:
            if _is_dialled_outside(flow):
                if standing.device == flow.target.device and self._has_public_address(standing):
                    yield standing
                continue
            if flow.target.kind in TUNNELLED and standing.endpoint.kind is EndpointKind.DEVICE:
                continue
            if _is_another_service(flow, standing):
                continue
            in_pods = flow.target.kind is PartyKind.PODS
            reached = [0] if in_pods else [host[0] for host in standing.dials]
            if any(self._matcher.answers(flow.target, standing, address) for address in reached):
                yield standing

    def _has_public_address(self, standing: Standing) -> bool:
        """Whether it is its site's router; what another one forwards to it is not described."""
        is_device = standing.endpoint.kind is EndpointKind.DEVICE
        return is_device and standing.device in self._plan.addresses.routers.values()

    def _is_bystander(self, kind: PartyKind, standing: Standing) -> bool:
        """A range's router has an address in it, and sends most of its packets from others."""
        is_device = standing.endpoint.kind is EndpointKind.DEVICE
        return kind is PartyKind.PREFIX and is_device and standing.device in self._routers

    def _gaps(
        self, flow: PlannedFlow, origin: tuple[Standing, str | None], target: Standing
    ) -> Iterator[Gap]:
        source, label = origin
        pair = (source.name, target.name)
        verdict = self._reach.verdicts.get(pair, Verdict(*pair))
        among_pods = source.pod is not None and target.pod is not None
        wanted = ports_of_pods(flow) if among_pods else public_ports(flow)
        ways = tuple(self._ways(flow, target, among_pods=among_pods))
        is_device = source.endpoint.kind is EndpointKind.DEVICE
        if is_device and source.device in self._nodes and target.pod is not None:
            # A node comes to pods by its own pod interface, whatever address it dials.
            ways = (frozenset(dial for dial in self._reach.dials if dial.to_pods),)
        for place in self._places(label, among_pods=among_pods):
            known = [part for part in verdict.parts if part.start == place and not part.sideways]
            for way in ways:
                tried = [part for part in known if part.dial in way]
                if left := wanted - _working(tried):
                    stop = _find_stop(verdict, (place, way), left, tried)
                    yield Gap(flow, *pair, left, stop)

    def _places(self, label: str | None, *, among_pods: bool) -> Iterator[str]:
        """The places that it has to work from: for pods that leave the cluster, every node."""
        if label is not None:
            yield label
        elif among_pods:
            yield POD_NETWORK
        else:
            for ref, _ in self._plan.addresses.nodes:
                yield str(ref)

    def _ways(
        self, flow: PlannedFlow, target: Standing, *, among_pods: bool
    ) -> Iterator[frozenset[Dial]]:
        """Sets of addresses; of each set one has to work.

        A device has one that works, but who comes out of a tunnel knows its other end by every one;
        a host is known by its own address at home, and by its alias elsewhere. A service has one
        for each node that may answer for it, and a public port likewise.
        """
        if _is_dialled_outside(flow):
            (network,) = flow.target.networks
            address = int(network.network_address)
            yield from self._each(lambda dial: bool(dial.public) and dial.address == address)
        elif flow.source.kind is PartyKind.INTERNET or flow.public_port is not None:
            yield from self._each(lambda dial: dial.public == flow.target.site)
        elif among_pods:
            yield frozenset(dial for dial in self._reach.dials if dial.to_pods)
        elif flow.target.kind is PartyKind.DEVICE:
            yield from self._ways_to_device(flow, target)
        elif target.service is not None:
            addresses = set(target.dials[0])
            for announcer in {dial.announcer for dial in self._at(addresses)}:
                yield frozenset(d for d in self._at(addresses) if d.announcer == announcer)
        else:
            for host in target.dials:
                if self._matcher.holds(flow.target, host[0]):
                    yield self._at({host[0] if _is_at_home(flow) else host[-1]})

    def _ways_to_device(self, flow: PlannedFlow, target: Standing) -> Iterator[frozenset[Dial]]:
        by_tunnel = flow.source.site is not None and not _is_at_home(flow)
        if by_tunnel and flow.target.device in self._gateways:
            for network in flow.target.effective:
                yield self._at({int(network.network_address)})
        else:
            yield self._at({address for host in target.dials for address in host})

    def _at(self, addresses: set[int]) -> frozenset[Dial]:
        dials = self._reach.dials
        return frozenset(d for d in dials if d.public is None and d.address in addresses)

    def _each(self, holds: Callable[[Dial], bool]) -> Iterator[frozenset[Dial]]:
        return (frozenset({dial}) for dial in self._reach.dials if holds(dial))


def _is_dialled_outside(flow: PlannedFlow) -> bool:
    """Whether it is the operator's to a device at its public address."""
    return flow.target.kind is PartyKind.INTERNET and flow.target.device is not None


def _is_at_home(flow: PlannedFlow) -> bool:
    """Whether it stays among the hosts of one site; people in a VPN come from outside."""
    return flow.source.site == flow.target.site and flow.source.kind not in TUNNELLED


def _is_another_service(flow: PlannedFlow, standing: Standing) -> bool:
    """Whether the flow dials one service, and these pods answer at the address of another too."""
    service = flow.target.service
    dialled = service.address if service and flow.source.kind is not PartyKind.PODS else None
    return dialled is not None and standing.service != int(dialled)


def _working(parts: Iterable[Part]) -> PortSet:
    found = PortSet()
    for part in parts:
        if part.fault is None:
            found |= part.ports
    return found


def _find_stop(
    verdict: Verdict, way: tuple[str, frozenset[Dial]], left: PortSet, tried: Iterable[Part]
) -> Step:
    """The first thing found that stops one of the missing ports."""
    place, dials = way
    for part in tried:
        if part.fault is not None and part.ports & left:
            return part.fault
    for denial in verdict.denials:
        if denial.start == place and denial.dial in dials and denial.ports & left:
            return denial.steps[-1]
    return NOTHING_KNOWN
