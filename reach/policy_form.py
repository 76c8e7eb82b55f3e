"""NetworkPolicy objects -> what they say, with every default of the API filled in."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

from reach.address_classes import Masked, any_holds, masked
from reach.portset import OTHER_PROTOCOLS, PortSet, read_ports
from reach.selectors import PolicyFormError, Selector, read_optional_selector, read_selector
from render.manifest import FLOWS_ANNOTATION, Fields, Json, Manifest, as_fields, as_items, as_texts
from terms.values import Ports, Protocol

TCP = "TCP"
NUMBERED = {TCP: Protocol.TCP, "UDP": Protocol.UDP}


class Direction(StrEnum):
    """Which way a policy speaks of; `policyTypes` uses the same words."""

    INGRESS = "Ingress"
    EGRESS = "Egress"


@dataclass(frozen=True, slots=True)
class Block:
    """A range of addresses with exceptions, as numbers."""

    cidr: Masked
    excepts: tuple[Masked, ...]
    networks: tuple[IPv4Network, ...]

    def holds(self, address: int) -> bool:
        """Whether the address is in the range and in none of the exceptions."""
        return self.cidr.holds(address) and not any_holds(self.excepts, address)


@dataclass(frozen=True, slots=True)
class Peer:
    """Whom a rule speaks of: addresses, or pods by their own and their namespace's labels."""

    block: Block | None = None
    namespaces: Selector | None = None
    pods: Selector | None = None


@dataclass(frozen=True, slots=True)
class NamedPort:
    """A port by name; each destination pod says for itself which number that is."""

    protocol: Protocol
    name: str


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """Any of the peers on any of the ports; no peers are everyone, no ports are every packet."""

    peers: tuple[Peer, ...]
    ports: PortSet
    named: tuple[NamedPort, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """What one NetworkPolicy says."""

    name: str
    namespace: str
    pods: Selector
    directions: frozenset[Direction]
    ingress: tuple[PolicyRule, ...]
    egress: tuple[PolicyRule, ...]
    # Flows it was made for.
    flows: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The policy as messages name it."""
        return f"{self.namespace}/{self.name}"

    def rules(self, direction: Direction) -> tuple[PolicyRule, ...]:
        """The rules of one direction."""
        return self.ingress if direction is Direction.INGRESS else self.egress


def read_policy(manifest: Manifest) -> Policy:
    """Read a NetworkPolicy (networking.k8s.io/v1); raises PolicyFormError for a refused form."""
    spec = as_fields(manifest.at("spec"))
    flows = manifest.at("metadata", "annotations", FLOWS_ANNOTATION)
    path = f"{manifest.namespace}/{manifest.name}"
    try:
        return Policy(
            name=manifest.name,
            namespace=str(manifest.namespace),
            pods=read_selector(as_fields(spec.get("podSelector"))),
            directions=_read_directions(spec),
            ingress=tuple(_read_rule(as_fields(r), "from") for r in as_items(spec.get("ingress"))),
            egress=tuple(_read_rule(as_fields(r), "to") for r in as_items(spec.get("egress"))),
            flows=tuple(str(flows).split(", ")) if flows else (),
        )
    except ValueError as error:
        raise PolicyFormError(path, str(error)) from error


def _read_directions(spec: Fields) -> frozenset[Direction]:
    """Absent policyTypes mean Ingress, and Egress too where there is an egress rule."""
    written = as_texts(spec.get("policyTypes"))
    if written:
        return frozenset(Direction(text) for text in written)
    also = {Direction.EGRESS} if as_items(spec.get("egress")) else set()
    return frozenset({Direction.INGRESS, *also})


def _read_rule(fields: Fields, side: str) -> PolicyRule:
    ports = [as_fields(item) for item in as_items(fields.get("ports"))]
    numbered, named = PortSet(), []
    for port in ports:
        if isinstance(name := port.get("port"), str):
            named.append(NamedPort(_protocol_of(port), name))
        else:
            numbered |= _read_numbered(port)
    return PolicyRule(
        peers=tuple(_read_peer(as_fields(item)) for item in as_items(fields.get(side))),
        ports=numbered if ports else PortSet.everything,
        named=tuple(named),
    )


def _protocol_of(port: Fields) -> Protocol:
    written = str(port.get("protocol") or TCP)
    if written not in NUMBERED:
        raise ValueError(f"a named port of {written}")
    return NUMBERED[written]


def _read_numbered(port: Fields) -> PortSet:
    written = str(port.get("protocol") or TCP)
    first, last = port.get("port"), port.get("endPort")
    if written == "SCTP":
        # Without a name of its own here; open is the careful reading.
        return read_ports((OTHER_PROTOCOLS,))
    if written not in NUMBERED:
        raise ValueError(f"protocol {written} is none of TCP, UDP and SCTP")
    if not isinstance(first, int):
        if last is not None:
            raise ValueError("endPort without a port number")
        return PortSet.of((Ports(NUMBERED[written]),))
    end = last if isinstance(last, int) else first
    if end < first:
        raise ValueError(f"endPort {end} is below port {first}")
    return PortSet.of((Ports(NUMBERED[written], first, end),))


def _read_peer(fields: Fields) -> Peer:
    block = _read_block(fields.get("ipBlock"))
    namespaces = read_optional_selector(fields, "namespaceSelector")
    pods = read_optional_selector(fields, "podSelector")
    if (block is None) == (namespaces is None and pods is None):
        raise ValueError("a peer is either an ipBlock or selectors, and never both or nothing")
    return Peer(block, namespaces, pods)


def _read_block(value: Json) -> Block | None:
    if value is None:
        return None
    fields = as_fields(value)
    cidr = IPv4Network(str(fields.get("cidr")))
    excepts = tuple(IPv4Network(text) for text in as_texts(fields.get("except")))
    if outside := next((each for each in excepts if not each.subnet_of(cidr)), None):
        raise ValueError(f"except {outside} is not inside {cidr}")
    return Block(masked(cidr), tuple(map(masked, excepts)), (cidr, *excepts))
