"""Arrivals and losses of packets -> parts and denials of each pair of endpoints."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from reach.answers import answering_ports, find_fault
from reach.findings import Denial, Dial, EndpointKind, Part, Step
from reach.packet import Loss, Packet
from reach.policies import Pod
from reach.policy_form import Direction
from reach.policy_reader import PolicyReader
from reach.standing import Standing, TunnelStart
from reach.verdicts import Pair
from reach.walk import Arrival, End, Outcome
from reach.world import World


class Origin(NamedTuple):
    """Who sends, from which of its places, and whether by the usual way."""

    name: str
    start: str
    sideways: bool = False


class Ledger:
    """Knows whose address is whose, and gathers what was found of every pair."""

    def __init__(
        self, world: World, standings: tuple[Standing, ...], policies: PolicyReader
    ) -> None:
        self._world = world
        self._policies = policies
        self._faults: dict[Arrival, Step | None] = {}
        self.parts: dict[Pair, list[Part]] = defaultdict(list)
        self.denials: dict[Pair, list[Denial]] = defaultdict(list)
        own = tuple(each for each in standings if each.endpoint.evaluated)
        self.pods = tuple((each, each.pod) for each in own if each.pod is not None)
        self._by_device = {each.device: each.name for each in own if is_device(each)}
        self._by_client = dict(_clients(own))
        self._by_service = {each.service: (each, pod) for each, pod in self.pods if each.service}
        # Two sites may use one range, so an address may be several hosts'.
        self._dialled: dict[int, list[str]] = defaultdict(list)
        for each in own:
            for address in chain.from_iterable(each.dials):
                self._dialled[address].append(each.name)

    def note(self, origin: Origin, dial: Dial, outcomes: Iterable[Outcome]) -> None:
        """Write down what became of packets; a loss on an unusual way says nothing."""
        for outcome in outcomes:
            if isinstance(outcome, Arrival):
                self._note_arrival(origin, dial, outcome)
            elif not origin.sideways:
                self._note_loss(origin, dial, outcome)

    def add(self, source: str, target: str, part: Part) -> None:
        """Write down what was found in another way."""
        self.parts[source, target].append(part)

    def _note_arrival(self, origin: Origin, dial: Dial, arrival: Arrival) -> None:
        packet = arrival.packet
        part = Part(
            ports=packet.ports,
            dial=dial,
            steps=packet.trail,
            start=origin.start,
            sideways=origin.sideways,
            reached=packet.target,
            translated=packet.now() if packet.port else None,
            fault=None if origin.sideways else self._fault_of(arrival),
        )
        if arrival.end in (End.PODS, End.SERVICE):
            self._note_pods(origin, arrival, part)
        elif name := self._name_of(arrival):
            self.parts[origin.name, name].append(part)

    def _fault_of(self, arrival: Arrival) -> Step | None:
        """Ports of one protocol share the way back, and so do pods on one node."""
        packet = arrival.packet
        ports = answering_ports(packet.ports)
        bare = Packet(packet.source, packet.target, ports, passages=packet.passages)
        key = arrival._replace(packet=bare)
        if key not in self._faults:
            self._faults[key] = find_fault(self._world, key)
        return self._faults[key]

    def _note_pods(self, origin: Origin, arrival: Arrival, part: Part) -> None:
        """The pods' own policies decide; a service stands for the pods that it selects."""
        packet = arrival.packet
        for standing, pod in self._behind(arrival):
            known = self._policies.ask(pod, Direction.INGRESS, packet.source)
            for ports, step in known.openings:
                if found := packet.matching(ports):
                    opened = part._replace(
                        ports=found,
                        steps=(*packet.trail, step),
                        translated=packet._replace(ports=found).now(),
                    )
                    self.parts[origin.name, standing.name].append(opened)
            closed = packet.matching(known.closed)
            if closed and not origin.sideways:
                steps = (*packet.trail, known.stop)
                denial = Denial(closed, part.dial, steps, origin.start)
                self.denials[origin.name, standing.name].append(denial)

    def _behind(self, arrival: Arrival) -> Iterable[tuple[Standing, Pod]]:
        if arrival.end is End.PODS:
            return self.pods
        # The node that served it was the last to know the service's own address.
        found = self._by_service.get(arrival.packet.passages[-1].came[1])
        return (found,) if found else ()

    def _note_loss(self, origin: Origin, dial: Dial, loss: Loss) -> None:
        in_pods = [each.name for each, _ in self.pods] if dial.to_pods else []
        denial = Denial(loss.packet.ports, dial, loss.packet.trail, origin.start)
        for name in in_pods or self._dialled.get(dial.address, []):
            self.denials[origin.name, name].append(denial)

    def _name_of(self, arrival: Arrival) -> str | None:
        target = arrival.packet.target
        if arrival.end is End.INTERNET:
            return EndpointKind.INTERNET.value
        if arrival.end is End.CLIENT:
            return self._by_client.get(target)
        if arrival.device is not None:
            return self._by_device.get(arrival.device)
        site = arrival.segment[0] if arrival.segment else ""
        place = self._world.range_at(site, target)
        return place.reference if place else None


def is_device(standing: Standing) -> bool:
    """Whether the endpoint is a device itself, and no client that a device lets in."""
    return standing.endpoint.kind is EndpointKind.DEVICE


def _clients(standings: Iterable[Standing]) -> Iterator[tuple[int, str]]:
    for standing in standings:
        for start in standing.starts:
            if isinstance(start, TunnelStart):
                yield start.address, standing.name
