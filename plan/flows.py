"""Declared and implied flows -> a permission for each pair of a source and a target party."""

import hashlib
import re
from collections.abc import Iterator

from config.flow import Flow
from config.network import Network
from config.references import End, parse_end
from plan.directory import Directory, find_directory
from plan.implied import implied_flows
from plan.model import Addresses, Mesh, Origin, Party, PartyKind, PlannedFlow, ServiceEnd
from plan.parties import source_parties, target_parties
from terms.values import MAX_SINGLE_PORTS, EndKind, Ports, Protocol

# Ends that a port of the public address can lead to: there is one answer to who takes the packet.
FORWARDABLE = frozenset({EndKind.DEVICE, EndKind.SERVICE})

# Room for `flow-` before the name and a service's name after it in 63 characters.
MAX_FLOW_NAME = 40


def build_flows(network: Network, addresses: Addresses, mesh: Mesh) -> tuple[PlannedFlow, ...]:
    """Declared flows in the order of the file, then implied ones in an order of their own."""
    directory = find_directory(network, addresses, mesh)
    declared = tuple(
        planned
        for index, flow in enumerate(network.flows)
        for planned in declared_flows(directory, flow, index)
    )
    return (*declared, *implied_flows(directory, declared))


def declared_flows(directory: Directory, flow: Flow, index: int) -> Iterator[PlannedFlow]:
    """Plan one declared flow: a permission for each pair of a source party and a target party."""
    source = parse_end(directory.network, flow.source)
    target = parse_end(directory.network, flow.target)
    if source is None or target is None or not can_be_carried(source, target):
        return
    for opener in source_parties(directory, source):
        for answerer in target_parties(directory, target, opener):
            yield from _permissions(directory, flow, index, (opener, answerer))


def can_be_carried(source: End, target: End) -> bool:
    """Whether any rule could be made from these ends: a public port needs exactly one target."""
    return source.kind is not EndKind.INTERNET or target.kind in FORWARDABLE


def flow_name(flow: Flow) -> str:
    """The name written on a flow, else one made of its ends; flows with the same ends share it."""
    made = f"{flow.source}-to-{flow.target}"
    return flow.name or shorten(re.sub(r"[^a-z0-9-]", "-", made), MAX_FLOW_NAME)


def shorten(text: str, limit: int) -> str:
    """Cut a name that is too long, and keep it unique by a digest of the whole."""
    if len(text) <= limit:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{text[: limit - len(digest) - 1].rstrip('-.')}-{digest}"


def _permissions(
    directory: Directory, flow: Flow, index: int, parties: tuple[Party, Party]
) -> Iterator[PlannedFlow]:
    source, target = parties
    openings = (
        public_openings(directory, flow, target)
        if source.kind is PartyKind.INTERNET
        else ((flow.ports, None),)
    )
    for ports, public_port in openings:
        narrowed = ports_of_target(ports, target.service)
        if narrowed:
            yield PlannedFlow(
                name=flow_name(flow),
                origin=Origin.DECLARED,
                source=source,
                target=target,
                ports=narrowed,
                why=flow.why,
                public_port=public_port,
                index=index,
            )


def ports_of_target(ports: tuple[Ports, ...], service: ServiceEnd | None) -> tuple[Ports, ...]:
    """The asked-for ports that the target has: for a workload those of its service, one by one.

    A port that the service has not may be meant as that of the pods behind it.
    """
    if service is None:
        return tuple(sorted(set(ports)))
    return tuple(sorted({single for asked in ports for single in _of_service(asked, service)}))


def _of_service(asked: Ports, service: ServiceEnd) -> tuple[Ports, ...]:
    outer = [(p, port) for p, port, _ in service.ports if includes(asked, p, port)]
    inner = [(p, port) for p, port, pod in service.ports if includes(asked, p, pod)]
    return tuple(Ports(protocol, port, port) for protocol, port in outer or inner)


def includes(ports: Ports, protocol: Protocol, port: int) -> bool:
    """Whether a port of a protocol is in the range."""
    if ports.protocol is Protocol.ANY:
        return True
    return ports.protocol is protocol and ports.first <= port <= ports.last


def public_openings(
    directory: Directory, flow: Flow, target: Party
) -> Iterator[tuple[tuple[Ports, ...], int | None]]:
    """Pairs of the target's port and the public port that leads there, one for each public port.

    A router's own port needs no forward, so no public port stands beside it.
    """
    at_router = target.device is not None and target.device == directory.addresses.routers.get(
        target.device.site
    )
    for ports in flow.ports:
        if at_router and not flow.through:
            yield (ports,), None
        elif count_ports(ports) <= MAX_SINGLE_PORTS:
            for public in range(ports.first, ports.last + 1):
                inner = flow.through or public
                yield (Ports(ports.protocol, inner, inner),), public


def count_ports(ports: Ports) -> int:
    """How many single ports a range holds."""
    return ports.last - ports.first + 1
