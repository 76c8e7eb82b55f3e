"""Flows and endpoints -> what may be open between two of them, and what has to work."""

from collections import defaultdict
from collections.abc import Iterator

from plan.model import Party, PartyKind, Plan, PlannedFlow, PodSet
from reach.address_classes import Masked, masked
from reach.findings import EndpointKind, Part
from reach.policies import Pod
from reach.portset import PortSet
from reach.standing import DeviceStart, Standing, Start
from terms.values import Ports

TUNNELLED = (PartyKind.VPN, PartyKind.CLIENT)


class PartyMatcher:
    """Answers for whom a party of a flow speaks; its ranges are turned into numbers once."""

    def __init__(self) -> None:
        self._masked: dict[int, tuple[Party, tuple[Masked, ...]]] = {}

    def _ranges(self, party: Party) -> tuple[Masked, ...]:
        # By identity, since addresses are slow to hash; the party is kept, so the id stays its own.
        known = self._masked.get(id(party))
        if known is None:
            known = party, tuple(map(masked, party.networks))
            self._masked[id(party)] = known
        return known[1]

    def holds(self, party: Party, address: int) -> bool:
        """Whether an address, as its own site writes it, is the party's; no range is every one."""
        ranges = self._ranges(party)
        return not ranges or any(found.holds(address) for found in ranges)

    def opens(self, party: Party, standing: Standing, start: Start | None) -> bool:
        """Whether the party speaks of this endpoint, when it sends from there."""
        if (known := _is_by_kind(party, standing)) is not None:
            return known
        if start is None:
            return False
        if isinstance(start, DeviceStart):
            is_local = party.kind is PartyKind.PREFIX and start.ref.site == party.site
            return is_local and any(self.holds(party, host[0]) for host in standing.dials)
        return self._stands_there(party, standing) and self.holds(party, start.address)

    def answers(self, party: Party, standing: Standing, reached: int) -> bool:
        """Whether the party speaks of this endpoint, when it was reached at that address."""
        if party.kind is PartyKind.INTERNET and party.networks:
            outside = standing.endpoint.kind is EndpointKind.INTERNET
            return outside and self.holds(party, reached)
        if (known := _is_by_kind(party, standing)) is not None:
            return known
        return self._stands_there(party, standing) and self.holds(party, reached)

    def _stands_there(self, party: Party, standing: Standing) -> bool:
        """A VPN's range holds an address of the device that ends it, too."""
        if _is_device_of(party, standing):
            return True
        if party.kind in TUNNELLED:
            dials_in = standing.endpoint.kind in (EndpointKind.VPN, EndpointKind.CLIENT)
            return dials_in and standing.device == party.device
        is_local = standing.endpoint.kind in (EndpointKind.PREFIX, EndpointKind.DEVICE)
        return is_local and standing.endpoint.site == party.site


def _is_by_kind(party: Party, standing: Standing) -> bool | None:
    """Whether the endpoint is the party, where addresses have no say in it; None where they do."""
    match party.kind:
        case PartyKind.INTERNET:
            return standing.endpoint.kind is EndpointKind.INTERNET
        case PartyKind.PODS:
            return is_among(party.pods, standing.pod)
        case PartyKind.DEVICE:
            return _is_device_of(party, standing)
    return None


def _is_device_of(party: Party, standing: Standing) -> bool:
    return standing.endpoint.kind is EndpointKind.DEVICE and standing.device == party.device


def is_among(pods: PodSet | None, pod: Pod | None) -> bool:
    """Whether these pods are all of that set."""
    if pods is None or pod is None or pod.namespace not in pods.namespaces:
        return False
    return set(pods.labels) <= set(pod.labels)


def ports_of_pods(flow: PlannedFlow) -> PortSet:
    """The flow's ports as pods have them: behind a service others than before it."""
    service = flow.target.service
    if service is None:
        return PortSet.of(flow.ports)
    asked = PortSet.of(flow.ports)
    found = PortSet()
    for protocol, port, target in service.ports:
        if PortSet.single(protocol, port) <= asked:
            found |= PortSet.single(protocol, target)
    return found


def public_ports(flow: PlannedFlow) -> PortSet:
    """The ports that are dialled at a public address."""
    if flow.public_port is None:
        return PortSet.of(flow.ports)
    return PortSet.of(
        Ports(ports.protocol, flow.public_port, flow.public_port) for ports in flow.ports
    )


class Coverage:
    """What the flows of a plan let be open."""

    def __init__(self, plan: Plan, standings: tuple[Standing, ...]) -> None:
        self._matcher = PartyMatcher()
        self._flows = plan.flows
        self._standings = {standing.name: standing for standing in standings}
        self._from: dict[tuple[str, str], tuple[PlannedFlow, ...]] = {}
        self._allowed: dict[tuple[str, str, str, int, bool, bool], PortSet] = {}
        self._by_source: dict[PartyKind, list[PlannedFlow]] = defaultdict(list)
        for flow in plan.flows:
            self._by_source[flow.source.kind].append(flow)

    def allowed(self, source: str, target: str, part: Part) -> PortSet:
        """The ports that some flow lets this part have, as pods have them where it ends there."""
        reached = part.reached if not part.through_internet else -1
        # Pods may dial a public address and not the host behind it, though both end there.
        goes_out = part.through_internet and self._goes_out(source, part)
        key = (source, target, part.start, reached, part.dial.public is not None, goes_out)
        if key not in self._allowed:
            found = PortSet()
            for flow in self._between_ends(source, target, part, goes_out=goes_out):
                found |= self._ports(flow, part)
            self._allowed[key] = found
        return self._allowed[key]

    def _ports(self, flow: PlannedFlow, part: Part) -> PortSet:
        """Where packets end.

        Insiders who may dial the public address may as well dial the host's own: a host, or a
        policy, behind the router that translates cannot tell. Outsiders dial public ones alone.
        """
        outside = flow.source.kind is PartyKind.INTERNET
        if outside and flow.public_port is not None and part.dial.public is None:
            return PortSet.nothing
        return ports_of_pods(flow)

    def _goes_out(self, source: str, part: Part) -> bool:
        """Whether its own side lets these ports out: what everybody outside may dial is no more.

        Of pods their policies are asked elsewhere.
        """
        standing = self._standings[source]
        if standing.pod is not None or standing.endpoint.kind is EndpointKind.INTERNET:
            return True
        found = PortSet()
        for flow in self._flows_from(source, part.start):
            outside = flow.target.kind is PartyKind.INTERNET
            if outside and self._matcher.holds(flow.target, part.dial.address):
                found |= PortSet.of(flow.ports)
        return part.ports <= found

    def _between_ends(
        self, source: str, target: str, part: Part, *, goes_out: bool
    ) -> Iterator[PlannedFlow]:
        standing = self._standings[target]
        for flow in self._candidates(source, target, part, goes_out=goes_out):
            if self._matcher.answers(flow.target, standing, part.reached):
                yield flow

    def _candidates(
        self, source: str, target: str, part: Part, *, goes_out: bool
    ) -> Iterator[PlannedFlow]:
        yield from self._flows_from(source, part.start)
        standing = self._standings[source]
        if goes_out:
            yield from self._by_source[PartyKind.INTERNET]
            yield from self._beside(standing)
        if standing.pod is not None:
            yield from self._for_pods(standing, target, part)

    def _flows_from(self, source: str, label: str) -> tuple[PlannedFlow, ...]:
        key = (source, label)
        if key not in self._from:
            standing = self._standings[source]
            start = next((s for s in standing.starts if s.label == label), None)
            self._from[key] = tuple(
                flow for flow in self._flows if self._matcher.opens(flow.source, standing, start)
            )
        return self._from[key]

    def _beside(self, standing: Standing) -> Iterator[PlannedFlow]:
        """Hosts of a site share its public address, so what opens to one opens to all."""
        site = standing.endpoint.site
        return (flow for flow in self._flows if site and flow.source.site == site)

    def _for_pods(self, standing: Standing, target: str, part: Part) -> Iterator[PlannedFlow]:
        """Pods share their node's address outside, and its pod interface inside.

        A host cannot tell whose pod it is that talks to it. Outside, pods of the system, which no
        policy limits, do whatever their node may; and so do those that may use the internet at
        its public address, which policies cannot name, for a provider may change it.
        """
        if part.start == target:
            yield from self._by_source[PartyKind.PODS]
        may_dial_out = part.dial.public is not None and self._uses_internet(standing)
        if (standing.endpoint.system or may_dial_out) and part.start in self._standings:
            node = self._standings[part.start]
            yield from self._flows_from(part.start, node.starts[0].label)

    def _uses_internet(self, standing: Standing) -> bool:
        flows = self._flows_from(standing.name, "")
        return any(flow.target.kind is PartyKind.INTERNET for flow in flows)
