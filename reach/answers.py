"""A packet that arrived -> whether its answer comes back, past everyone who must see both ways."""

from msgspec import Struct, field

from plan.ruleset import Chain, State
from reach.findings import Step, StepKind
from reach.handling import crossing_of, filter_packet
from reach.packet import Loss, Packet, Passage
from reach.portset import PortSet
from reach.walk import MAX_PASSAGES, Arrival, End
from reach.world import POD_INTERFACE, UPLINK, Box, Hop, SegmentKey, World
from terms.values import MAX_PORT, Ports, Protocol

# Answers go to the port that the asker chose (RFC 6335: dynamic ports).
PORTLESS = (PortSet.everything - PortSet.every(Protocol.TCP)) - PortSet.every(Protocol.UDP)
HALF_SEEN = "sees half a connection"
ASKER_PORTS = PortSet.of(Ports(p, 49152, MAX_PORT) for p in (Protocol.TCP, Protocol.UDP))


class Answer(Struct):
    """An answer on its way: addresses as the present device sees them, and who waits for it."""

    world: World
    source: int
    target: int
    ports: PortSet
    waiting: list[Passage]
    fault: Step | None = field(default=None)

    def fail(self, place: str, text: str) -> None:
        """End the answer's way."""
        self.fault = self.fault or Step(StepKind.LOST, place, f"the answer is lost: {text}")

    # Each step returns where the answer comes to next: a device with the interface it enters by.

    def from_segment(self, segment: SegmentKey, via: int | None) -> tuple[Box, str] | None:
        """It is handed to a neighbour."""
        neighbour = via or self.target
        owner = self.world.owners.get((segment, neighbour))
        box = self.world.boxes[owner] if owner else None
        if box is not None and (box.managed or neighbour != self.target):
            return box, box.port_on(segment)
        if neighbour != self.target:
            self.fail(segment[1], "nobody there has the router's address")
        return None

    def from_host(self, segment: SegmentKey) -> tuple[Box, str] | None:
        """A host answers: to a neighbour, or by its router."""
        own = self.world.range_at(segment[0], self.source)
        if own is not None and own.network.holds(self.target):
            return self.from_segment(segment, None)
        if own is None or own.gateway is None:
            self.fail("the target", "its range has no router")
            return None
        return self.from_segment(segment, own.gateway)

    def from_hop(self, box: Box, hop: Hop | None) -> tuple[Box, str] | None:
        """A device sends it on."""
        port = box.ports.get(hop.interface) if hop else None
        if hop is None:
            self.fail(box.name, f"{box.name} has no route back")
        elif hop.interface in box.tunnels:
            return self._through_tunnel(box, hop.interface)
        elif port is not None and port.segment is not None:
            return self.from_segment(port.segment, hop.via)
        elif hop.interface != POD_INTERFACE:
            return self.over_internet()
        return None

    def over_internet(self) -> tuple[Box, str] | None:
        """It crosses the internet; beyond, it comes to a site or has arrived."""
        site = self.world.site_of_public(self.target)
        border = self.world.borders[site] if site else None
        if border is None:
            return None
        box = self.world.boxes[border]
        uplink = box.uplink()
        return box, uplink.name if uplink else UPLINK

    def _through_tunnel(self, box: Box, name: str) -> tuple[Box, str] | None:
        tunnel = box.tunnels[name]
        peer = tunnel.peer_towards(self.target)
        if peer is None or peer.gateway is None:
            if tunnel.endpoint is None:
                self.fail(f"{box.name} {name}", "AllowedIPs of no peer hold its destination")
            return None
        other = self.world.boxes[peer.gateway]
        own = other.tunnels[name].peer_at(box.ref) if name in other.tunnels else None
        if own is None or not any(net.holds(self.source) for net in own.allowed):
            self.fail(f"{other.name} {name}", "AllowedIPs do not hold its source")
            return None
        return other, name

    def at(self, box: Box, enters: str) -> tuple[Box, str] | None:
        """It comes to a device, which knows the connection or has to route it as any packet."""
        while self.waiting and self.waiting[-1].device != box.ref and self.waiting[-1].spare:
            self.waiting.pop()
        if self.waiting and self.waiting[-1].device == box.ref:
            return self._known(box, enters, self.waiting.pop())
        if box.strict:
            self.fail(box.name, f"{box.name} has not seen the question")
            return None
        return self.from_hop(box, box.routes.towards(self.target))

    def _known(self, box: Box, enters: str, passage: Passage) -> tuple[Box, str] | None:
        before = self.target
        self.target = passage.came[0]
        if self.target in box.addresses:
            self._filter(box, Chain.INPUT, (enters, ""), before)
            return None
        hop = box.routes.towards(self.target)
        self._filter(box, Chain.FORWARD, (enters, hop.interface if hop else ""), before)
        self.source = passage.came[1]
        return None if self.fault else self.from_hop(box, hop)

    def _filter(self, box: Box, name: Chain, names: tuple[str, str], original: int) -> None:
        packet = Packet(self.source, self.target, self.ports)
        crossing = crossing_of(box, names, packet, original, State.ESTABLISHED)
        left = PortSet()
        for outcome in filter_packet(box, name, packet, crossing):
            if not isinstance(outcome, Loss):
                left |= outcome.ports
        if self.ports - left:
            self.fail(f"{box.name}, {name}", "no rule lets answers through")


def find_fault(world: World, arrival: Arrival) -> Step | None:
    """What keeps the answer from coming back; None where nothing does.

    The packet's ports are those that answers go to.

    Linux passes on only packets of connections whose beginning it saw (nft(8), ct state), so the
    answer must pass every filtering device that the question passed, and no other.
    """
    packet = arrival.packet
    own = arrival.answers_from or packet.target
    answer = Answer(world, own, packet.source, packet.ports, list(packet.passages))
    position = _first(answer, arrival)
    for _ in range(MAX_PASSAGES):
        if position is None or answer.fault:
            break
        position = answer.at(*position)
    if answer.fault is None:
        blind = [passage for passage in answer.waiting if not passage.spare]
        if blind:
            answer.fail(str(blind[-1].device), f"{blind[-1].device} {HALF_SEEN}")
    return answer.fault


def _first(answer: Answer, arrival: Arrival) -> tuple[Box, str] | None:
    box = answer.world.boxes[arrival.device] if arrival.device else None
    if arrival.end is End.HOST and arrival.segment:
        return answer.from_host(arrival.segment)
    if arrival.end is End.INTERNET or box is None:
        return answer.over_internet()
    if arrival.end is End.DEVICE:
        return answer.from_hop(box, box.routes.towards(answer.target))
    return box, arrival.tunnel if arrival.end is End.CLIENT else POD_INTERFACE


def answering_ports(ports: PortSet) -> PortSet:
    """The ports that answers to these go to: whatever the asker chose, of the same protocols."""
    found = ports & PORTLESS
    for protocol in ports.protocols():
        found |= ASKER_PORTS & PortSet.every(protocol)
    return found
