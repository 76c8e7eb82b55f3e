"""NetworkPolicy objects -> what they say, with every default of the API filled in."""

from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network

from msgspec import Struct

from reach.address_classes import Masked, any_holds, masked
from reach.portset import PortSet
from reach.selectors import PolicyFormError, Selector, read_optional_selector, read_selector
from render.manifest import FLOWS_ANNOTATION, Fields, Json, Manifest, as_fields, as_items, as_texts
from terms.values import MAX_PORT

# What a policy may name, as the API writes it; without a protocol TCP is meant.
PROTOCOLS = ("TCP", "UDP", "SCTP")


class Direction(StrEnum):
    """Which way a policy speaks of; `policyTypes` uses the same words."""

    INGRESS = "Ingress"
    EGRESS = "Egress"


class Block(Struct, frozen=True):
    """A range of addresses with exceptions, as numbers."""

    # None where it is a range of IPv6, in which no address of ours lies.
    cidr: Masked | None
    excepts: tuple[Masked, ...]
    networks: tuple[IPv4Network, ...]

    def holds(self, address: int) -> bool:
        """Whether the address is in the range and in none of the exceptions."""
        if self.cidr is None:
            return False
        return self.cidr.holds(address) and not any_holds(self.excepts, address)


class Peer(Struct, frozen=True):
    """Whom a rule speaks of: addresses, or pods by their own and their namespace's labels."""

    block: Block | None = None
    namespaces: Selector | None = None
    pods: Selector | None = None


class NamedPort(Struct, frozen=True):
    """A port by name; each destination pod says for itself which number that is."""

    # As in a port set: tcp, udp or sctp.
    protocol: str
    name: str


class PolicyRule(Struct, frozen=True):
    """Any of the peers on any of the ports; no peers are everyone, no ports are every packet."""

    peers: tuple[Peer, ...]
    ports: PortSet
    named: tuple[NamedPort, ...] = ()


class Policy(Struct, frozen=True):
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
            named.append(_read_name(port, name))
        else:
            numbered |= _read_numbered(port)
    return PolicyRule(
        peers=tuple(_read_peer(as_fields(item)) for item in as_items(fields.get(side))),
        ports=numbered if ports else PortSet.everything,
        named=tuple(named),
    )


def _protocol_of(port: Fields) -> str:
    written = str(port.get("protocol") or PROTOCOLS[0])
    if written not in PROTOCOLS:
        raise ValueError(f"protocol {written} is none of {', '.join(PROTOCOLS)}")
    return written.lower()


def _read_name(port: Fields, name: str) -> NamedPort:
    if "endPort" in port:
        raise ValueError(f"endPort beside the name '{name}'")
    if not any(letter.isalpha() for letter in name):
        raise ValueError(f"a port called '{name}'; a number is written without quotes")
    return NamedPort(_protocol_of(port), name)


def _read_numbered(port: Fields) -> PortSet:
    protocol = _protocol_of(port)
    first, last = port.get("port"), port.get("endPort")
    if not isinstance(first, int):
        if last is not None:
            raise ValueError("endPort without a port number")
        return PortSet.spanning(protocol)
    end = last if isinstance(last, int) else first
    if end < first:
        raise ValueError(f"endPort {end} is below port {first}")
    if not 0 < first <= end <= MAX_PORT:
        raise ValueError(f"port {first if first < 1 else end} is none of 1 to {MAX_PORT}")
    return PortSet.spanning(protocol, first, end)


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
    # The API server takes ranges with bits beyond their length, and so does iptables.
    cidr = ip_network(str(fields.get("cidr")), strict=False)
    excepts = [ip_network(text, strict=False) for text in as_texts(fields.get("except"))]
    if outside := next((each for each in excepts if not _lies_inside(each, cidr)), None):
        raise ValueError(f"except {outside} is not inside {cidr}")
    own = tuple(each for each in (cidr, *excepts) if isinstance(each, IPv4Network))
    return Block(masked(own[0]) if own else None, tuple(map(masked, own[1:])), own)


def _lies_inside(part: IPv4Network | IPv6Network, whole: IPv4Network | IPv6Network) -> bool:
    if isinstance(part, IPv4Network):
        return isinstance(whole, IPv4Network) and part.subnet_of(whole)
    return isinstance(whole, IPv6Network) and part.subnet_of(whole)
