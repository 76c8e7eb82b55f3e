"""A packet and the place it starts from -> where it arrives, and what stops it on the way."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from plan.ruleset import Chain
from reach.address_classes import is_routed
from reach.findings import Step, StepKind
from reach.handling import (
    crossing_of,
    filter_packet,
    hide_source,
    source_address,
    translate_target,
)
from reach.packet import Loss, Packet, Passage, lose
from reach.portset import PortSet
from reach.world import POD_INTERFACE, UPLINK, BalancedService, Box, Hop, SegmentKey, World
from terms.values import DeviceRef

# A packet that passes more devices goes round in circles.
MAX_PASSAGES = 8
INTERNET = "the internet"


class End(StrEnum):
    """Whom a packet reached."""

    HOST = "host"
    DEVICE = "device"
    CLIENT = "client"
    PODS = "pods"
    SERVICE = "service"
    INTERNET = "internet"


class Arrival(NamedTuple):
    """A packet that reached somebody, and where the answer starts from."""

    end: End
    packet: Packet
    # Where it is, by what is known: the device that answers or hands over, segment, tunnel.
    device: DeviceRef | None = None
    segment: SegmentKey | None = None
    tunnel: str = ""
    # The address that its answer comes from, where a device translates for itself; else 0.
    answers_from: int = 0


Outcome = Arrival | Loss


class Walker(Struct, frozen=True):
    """Walks packets through a world; `announcer` is the node that answers for services."""

    world: World
    announcer: DeviceRef | None = None

    def from_host(self, segment: SegmentKey, packet: Packet) -> Iterator[Outcome]:
        """A host sends: to a neighbour in its own range, else by the router of that range."""
        own = self.world.range_at(segment[0], packet.source)
        if own is not None and own.network.holds(packet.target):
            yield from self.on_segment(segment, packet.target, packet)
        elif own is None or own.gateway is None:
            yield lose(packet, "the sender", "its range has no router")
        else:
            yield from self.on_segment(segment, own.gateway, packet)

    def from_device(self, ref: DeviceRef, target: int, ports: PortSet) -> Iterator[Outcome]:
        """A device sends what it made itself; rules for what it passes on do not matter."""
        box = self.world.boxes[ref]
        packet = Packet(0, target, ports)
        hop = box.routes.towards(target)
        if hop is None:
            yield lose(packet, box.name, "it has no route there")
        elif box.node and target in self.world.services:
            own = source_address(self.world, box, hop)
            yield from self._serve(box, "", packet._replace(source=own))
        else:
            own = source_address(self.world, box, hop)
            step = Step(StepKind.UNFILTERED, box.name, "a device's own packets leave unfiltered")
            yield from self._leave(box, "", packet.noting(step)._replace(source=own), target, hop)

    def from_internet(self, site: str, packet: Packet) -> Iterator[Outcome]:
        """Somebody outside sends to a site's public address."""
        border = self.world.borders[site]
        if border is None:
            yield lose(packet, site, "no router takes packets from the internet")
            return
        box = self.world.boxes[border]
        if box.managed:
            uplink = box.uplink()
            yield from self.receive(box, uplink.name if uplink else UPLINK, packet)
        else:
            yield from self._by_sheet(box, packet)

    def receive(self, box: Box, enters: str, packet: Packet) -> Iterator[Outcome]:
        """A device takes a packet in: translates, then answers, passes on or refuses."""
        if len(packet.passages) >= MAX_PASSAGES:
            yield lose(packet, box.name, "it goes round in circles")
            return
        if packet.arrived != packet.port:
            packet = packet._replace(arrived=packet.port)
        if box.node and packet.target in self.world.services:
            yield from self._serve(box, enters, packet)
            return
        original = packet.target
        for part in translate_target(box, enters, packet):
            if part.target in box.addresses:
                yield from self._take_in(box, enters, part, original)
            else:
                yield from self._pass_on(box, enters, part, original)

    def _take_in(self, box: Box, enters: str, packet: Packet, original: int) -> Iterator[Outcome]:
        crossing = crossing_of(box, (enters, ""), packet, original)
        for outcome in filter_packet(box, Chain.INPUT, packet, crossing):
            if isinstance(outcome, Loss):
                yield outcome
            else:
                yield Arrival(End.DEVICE, outcome, box.ref, answers_from=original)

    def _pass_on(self, box: Box, enters: str, packet: Packet, original: int) -> Iterator[Outcome]:
        hop = box.routes.towards(packet.target)
        if hop is None:
            yield lose(packet, box.name, "it has no route there")
        elif not box.forwards and POD_INTERFACE not in (enters, hop.interface):
            yield lose(packet, box.name, "it passes no packets on")
        else:
            crossing = crossing_of(box, (enters, hop.interface), packet, original)
            for outcome in filter_packet(box, Chain.FORWARD, packet, crossing):
                if isinstance(outcome, Loss):
                    yield outcome
                else:
                    yield from self._leave(box, enters, outcome, original, hop)

    def _leave(
        self, box: Box, enters: str, packet: Packet, original: int, hop: Hop
    ) -> Iterator[Outcome]:
        came = (packet.source, original)
        for part in hide_source(self.world, box, enters, packet, original, hop):
            went = (part.source, part.target)
            passage = Passage(box.ref, came, went, strict=box.strict and bool(enters))
            gone = part._replace(passages=(*part.passages, passage))
            yield from self._hand_over(box, hop, gone)

    def _hand_over(self, box: Box, hop: Hop, packet: Packet) -> Iterator[Outcome]:
        port = box.ports.get(hop.interface)
        if hop.interface == POD_INTERFACE:
            yield Arrival(End.PODS, packet, box.ref)
        elif hop.interface in box.tunnels:
            yield from self._through_tunnel(box, hop.interface, packet)
        elif port is not None and port.segment is not None:
            yield from self.on_segment(port.segment, hop.via or packet.target, packet)
        else:
            yield from self._over_internet(box.ref.site, packet)

    def on_segment(self, segment: SegmentKey, neighbour: int, packet: Packet) -> Iterator[Outcome]:
        """A packet is handed to a neighbour on a segment."""
        owner = self.world.owners.get((segment, neighbour))
        service = self.world.services.get(neighbour)
        if owner is not None:
            box = self.world.boxes[owner]
            if box.managed or packet.target != neighbour:
                yield from self.receive(box, box.port_on(segment), packet)
            else:
                yield Arrival(End.HOST, packet, owner, segment)
        elif service is not None:
            yield from self._to_announcer(service, segment, packet)
        else:
            yield self._to_stranger(segment, neighbour, packet)

    def _to_announcer(
        self, service: BalancedService, segment: SegmentKey, packet: Packet
    ) -> Iterator[Outcome]:
        chosen = self.announcer if self.announcer in service.announcers else None
        ref = chosen or next(iter(service.announcers), None)
        box = self.world.boxes[ref] if ref else None
        name = box.port_on(segment) if box else ""
        if box is None or not name:
            yield lose(packet, service.name, "no node answers for its address on this segment")
        else:
            yield from self.receive(box, name, packet)

    def _to_stranger(self, segment: SegmentKey, neighbour: int, packet: Packet) -> Outcome:
        """Some host without a name; nobody where only services have addresses."""
        place = self.world.range_at(segment[0], neighbour)
        if place is None or place.segment != segment or neighbour != packet.target:
            return lose(packet, segment[1], "nobody there has this address")
        if place.load_balancer:
            return lose(packet, place.reference, "no service is published at this address")
        return Arrival(End.HOST, packet, None, segment)

    def _through_tunnel(self, box: Box, name: str, packet: Packet) -> Iterator[Outcome]:
        tunnel = box.tunnels[name]
        peer = tunnel.peer_towards(packet.target)
        if peer is not None and peer.gateway is not None:
            yield from self._to_gateway(box, name, peer.gateway, packet)
        elif tunnel.endpoint and tunnel.range.holds(packet.target):
            # A client that is not made yet counts as one: rules cannot wait for it.
            yield Arrival(End.CLIENT, packet, box.ref, None, name)
        else:
            yield lose(packet, f"{box.name} {name}", "AllowedIPs of no peer hold the destination")

    def _to_gateway(
        self, box: Box, name: str, gateway: DeviceRef, packet: Packet
    ) -> Iterator[Outcome]:
        dead = self.world.dead_links.get(frozenset({box.ref, gateway}))
        if dead is not None:
            yield lose(packet, f"{box.name} {name}", f"the tunnel cannot come up: {dead}")
            return
        other = self.world.boxes[gateway]
        own = other.tunnels[name].peer_at(box.ref) if name in other.tunnels else None
        if own is None or not any(net.holds(packet.source) for net in own.allowed):
            text = f"AllowedIPs of {own.name if own else box.name} do not hold the source"
            yield lose(packet, f"{other.name} {name}", text)
        else:
            step = Step(StepKind.TUNNEL, f"{box.name} {name}", f"to {other.name}")
            yield from self.receive(other, name, packet.noting(step))

    def _over_internet(self, site: str, packet: Packet) -> Iterator[Outcome]:
        there = self.world.site_of_public(packet.target)
        if not is_routed(packet.source):
            yield lose(packet, INTERNET, "no provider carries packets with a private source")
        elif not is_routed(packet.target):
            yield lose(packet, INTERNET, "no provider carries packets to a private destination")
        elif there is None:
            yield Arrival(End.INTERNET, packet)
        else:
            step = Step(StepKind.INTERNET, INTERNET, f"from {site} to {there}")
            yield from self.from_internet(there, packet.noting(step))

    def _by_sheet(self, box: Box, packet: Packet) -> Iterator[Outcome]:
        """An unmanaged router from outside: what its sheet forwards, and nothing else."""
        rest = packet._replace(arrived=packet.port)
        for forward in box.sheet:
            found = rest.matching(forward.ports)
            hop = box.routes.towards(forward.target)
            if not found or hop is None:
                continue
            step = Step(StepKind.SHEET, f"sheet of {box.name}", "forwards this port", forward.why)
            part = rest._replace(ports=found).noting(step)
            moved = part._replace(target=forward.target, port=forward.port)
            yield from self._leave(box, UPLINK, moved, packet.target, hop)
            rest = rest._replace(ports=rest.ports - found)
        if rest.ports:
            yield lose(rest, box.name, "this router forwards no such port")

    def _serve(self, box: Box, enters: str, packet: Packet) -> Iterator[Outcome]:
        """kube-proxy on a node takes what is for a service, before any rule of ours."""
        service = self.world.services[packet.target]
        rest = packet
        for protocol, port, target in service.ports:
            found = rest.matching(PortSet.single(protocol, port))
            if not found:
                continue
            text = f"{service.name}: port {port} is port {target} of its pods"
            part = rest._replace(ports=found).noting(Step(StepKind.SERVICE, box.name, text))
            moved = part._replace(target=self.world.pod, port=target)
            yield from self._to_backend(box, enters, moved, service)
            rest = rest._replace(ports=rest.ports - found)
        if rest.ports:
            yield lose(rest, service.name, "the service has no such port")

    def _to_backend(
        self, box: Box, enters: str, packet: Packet, service: BalancedService
    ) -> Iterator[Outcome]:
        crossing = crossing_of(box, (enters, POD_INTERFACE), packet, service.address)
        for outcome in filter_packet(box, Chain.FORWARD, packet, crossing):
            if isinstance(outcome, Loss):
                yield outcome
                continue
            source = outcome.source
            if not service.keeps_source:
                source = source_address(self.world, box, Hop(enters))
            went = (source, outcome.target)
            passage = Passage(box.ref, (outcome.source, service.address), went, strict=False)
            passed = outcome._replace(source=source, passages=(*outcome.passages, passage))
            yield Arrival(End.SERVICE, passed, box.ref, None, service.name)
