"""Planned flows -> lanes: who comes in, by which public port and address, and whom it reaches."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from plan.model import Origin, Party, PartyKind, Plan, PlannedFlow, ServiceEnd
from terms.values import Ports

# What a lane leads to: its kind, and its name in the plan.
Target = tuple[str, str]
# Implied flows to pods that the text of every namespace already says.
_SAID_ELSEWHERE = ("same-tenant/", "cluster-dns/")
_DIAL_IN = "wireguard/"
_HAIRPIN = "hairpin/"
_ENDPOINT = "vpn."


class Lane(Struct, frozen=True):
    """One way in; several flows share it where only their reasons differ."""

    source: Party
    target: Target
    # Public ports on the router, then the address with its ports, then those of the pod.
    public: tuple[str, ...]
    address: str
    inner: tuple[str, ...]
    flows: tuple[str, ...]
    why: tuple[str, ...]
    declared: bool
    # The workload behind the target, where it is one.
    service: ServiceEnd | None = None
    # Ranges of the site from which the public ports work too.
    also: tuple[str, ...] = ()


def order_flows(plan: Plan) -> list[PlannedFlow]:
    """List flows as they are declared, then implied ones by name: no mapping decides."""
    return sorted(plan.flows, key=_flow_key)


def _flow_key(flow: PlannedFlow) -> tuple[bool, int, str, str, str, int]:
    return (
        flow.index is None,
        flow.index or 0,
        flow.name,
        flow.source.name,
        flow.target.name,
        flow.public_port or 0,
    )


def gather_lanes(plan: Plan) -> dict[Target, list[Lane]]:
    """Gather the ways in by what they lead to."""
    merged: dict[tuple[object, ...], Lane] = {}
    for flow in order_flows(plan):
        for lane in _lanes_of(flow):
            public = ("internet", lane.target, flow.public_port)
            if flow.name.startswith(_HAIRPIN) and public in merged:
                merged[public] = _add_hairpin(merged[public], lane)
                continue
            key = (lane.source.name, lane.target, _apart(flow))
            merged[key] = _join(merged[key], lane) if key in merged else lane
    found: dict[Target, list[Lane]] = {}
    for lane in merged.values():
        found.setdefault(lane.target, []).append(lane)
    return found


def is_lane(flow: PlannedFlow) -> bool:
    """Whether a flow is drawn as a way in; the others are listed by kind."""
    if flow.target.kind is PartyKind.INTERNET:
        return False
    if flow.origin is Origin.DECLARED or flow.name.startswith(_DIAL_IN):
        return True
    return flow.target.kind is PartyKind.PODS and not flow.name.startswith(_SAID_ELSEWHERE)


def _apart(flow: PlannedFlow) -> object:
    """A forwarded port from the internet is a row of its own."""
    return flow.public_port if flow.source.kind is PartyKind.INTERNET else None


def _lanes_of(flow: PlannedFlow) -> Iterator[Lane]:
    if not is_lane(flow):
        return
    yield Lane(
        source=flow.source,
        target=_target_of(flow),
        public=_public_ports(flow),
        address=_address_of(flow),
        inner=tuple(_inner_ports(flow)),
        flows=(flow.name,),
        why=(flow.why,),
        declared=flow.origin is Origin.DECLARED,
        service=flow.target.service,
    )


def _target_of(flow: PlannedFlow) -> Target:
    party = flow.target
    dialled = flow.name.removeprefix(_DIAL_IN)
    if dialled != flow.name and dialled.startswith(_ENDPOINT):
        return "endpoint", dialled.removeprefix(_ENDPOINT)
    match party.kind:
        case PartyKind.PODS if party.service:
            return "service", party.name
        case PartyKind.PODS if party.pods and len(party.pods.namespaces) == 1:
            return "namespace", party.pods.namespaces[0]
        case PartyKind.PODS:
            return "tenant", party.pods.tenant if party.pods else party.name
        case PartyKind.VPN:
            return "endpoint", party.name.removeprefix(_ENDPOINT)
        case _:
            return party.kind.value, party.name


def _public_ports(flow: PlannedFlow) -> tuple[str, ...]:
    if flow.public_port is not None:
        protocol = flow.ports[0].protocol
        return (str(Ports(protocol, flow.public_port, flow.public_port)),)
    from_internet = flow.source.kind is PartyKind.INTERNET
    return tuple(str(ports) for ports in flow.ports) if from_internet else ()


def _address_of(flow: PlannedFlow) -> str:
    service = flow.target.service
    if service and service.address:
        return str(service.address)
    device = flow.target.kind is PartyKind.DEVICE
    return str(flow.target.device) if device and flow.source.kind is PartyKind.INTERNET else ""


def _inner_ports(flow: PlannedFlow) -> Iterator[str]:
    for ports in flow.ports:
        yield str(ports)


def _join(first: Lane, second: Lane) -> Lane:
    return replace(
        first,
        public=_both(first.public, second.public),
        inner=_both(first.inner, second.inner),
        flows=_both(first.flows, second.flows),
        why=_both(first.why, second.why),
        declared=first.declared or second.declared,
    )


def _add_hairpin(published: Lane, lane: Lane) -> Lane:
    """The site's own hosts use a published port as the internet does: no row of their own."""
    return replace(
        published,
        flows=_both(published.flows, lane.flows),
        also=_both(published.also, (lane.source.name,)),
    )


def _both(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def short_ports(ports: Iterable[str]) -> str:
    """Write ports with each protocol once: `tcp/80, 443`."""
    found: dict[str, list[str]] = {}
    for text in ports:
        protocol, _, number = text.partition("/")
        found.setdefault(protocol, []).append(number)
    return " ".join(
        f"{protocol}/{', '.join(numbers)}" if all(numbers) else protocol
        for protocol, numbers in found.items()
    )
