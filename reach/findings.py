"""What reach finds: endpoints, and for each pair of them what is open, how, and what stops it."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Address
from typing import NamedTuple

from msgspec import Struct

from plan.model import Origin
from plan.ruleset import Chain
from reach.portset import PortSet
from terms.values import DeviceRef


class EndpointKind(StrEnum):
    """What an endpoint is."""

    INTERNET = "internet"
    PREFIX = "prefix"
    DEVICE = "device"
    VPN = "vpn"
    CLIENT = "client"
    PODS = "pods"
    # Several endpoints under one name: a site, a tenant, the cluster.
    GROUP = "group"


class Endpoint(Struct, frozen=True):
    """Someone who opens or answers connections, by the name a user writes."""

    name: str
    kind: EndpointKind
    what: str
    site: str | None = None
    tenant: str | None = None
    # Another endpoint that no rule tells apart from this one; its verdicts hold for both.
    same_as: str | None = None
    # Names of the endpoints that a group stands for.
    members: tuple[str, ...] = ()
    # A namespace of the system: the stack never isolates its pods.
    system: bool = False

    @property
    def evaluated(self) -> bool:
        """Whether it has verdicts of its own."""
        return self.same_as is None and self.kind is not EndpointKind.GROUP


class StepKind(StrEnum):
    """What happened to a packet at one point of its way."""

    # Let through by a rule; only these three are evidence that somebody allowed it.
    ACCEPTED = "accepted"
    POLICY = "policy"
    SHEET = "sheet"
    # Let through because no rule spoke of it.
    UNFILTERED = "unfiltered"
    TRANSLATED = "translated"
    # Sent on under an address of the device, which others cannot tell from its own packets.
    HIDDEN = "hidden"
    SERVICE = "service"
    TUNNEL = "tunnel"
    INTERNET = "internet"
    DROPPED = "dropped"
    LOST = "lost"


EVIDENCE = frozenset({StepKind.ACCEPTED, StepKind.POLICY, StepKind.SHEET})


class Step(NamedTuple):
    """One point of a packet's way: where, what happened, and for which flow or reason."""

    kind: StepKind
    place: str
    text: str
    # Name of the flow a rule serves, or its reason in words.
    comment: str = ""
    chain: Chain | None = None
    # Number of the rule in its chain or policy, from 1.
    rule: int | None = None

    def __str__(self) -> str:
        number = f" rule {self.rule}" if self.rule else ""
        where = f"{self.place}, {self.chain}{number}" if self.chain else self.place
        why = f" ({self.comment})" if self.comment and self.comment not in self.text else ""
        return f"{where}: {self.text}{why}"


# Where pods meet without their nodes having a say.
POD_NETWORK = "pod network"


class Dial(NamedTuple):
    """The address a packet was sent to; `announcer` is the node that answers for services."""

    address: int
    # The site whose public address it is.
    public: str | None = None
    announcer: DeviceRef | None = None
    # It stands for the addresses of all pods, or for every address outside.
    to_pods: bool = False
    outside: bool = False

    def __str__(self) -> str:
        if self.to_pods:
            return "the pods' own addresses"
        if self.outside:
            return "any address outside"
        return f"public address of {self.public}" if self.public else str(IPv4Address(self.address))


class Part(NamedTuple):
    """Ports that are open by one way, with the chain of evidence."""

    ports: PortSet
    dial: Dial
    steps: tuple[Step, ...]
    # Which of the source's places it starts from: a node for pods, an address for the rest.
    start: str
    # Not the usual way: handed to a neighbour that the sender's routes do not name.
    sideways: bool = False
    # The address it arrived at, after all translation; 0 for pods.
    reached: int = 0
    # The ports where the packet ends, behind forwards and services; None where as dialled.
    translated: PortSet | None = None
    # What keeps the answer from coming back: packets go in, and no connection comes about.
    fault: Step | None = None

    @property
    def enforced(self) -> bool:
        """Whether somebody's rule let it through, so that another rule could stop it."""
        return any(step.kind in EVIDENCE for step in self.steps)

    @property
    def final_ports(self) -> PortSet:
        """The ports where the packet ends: behind a service those of its pods."""
        return self.ports if self.translated is None else self.translated

    @property
    def reason(self) -> str:
        """Why it is open, in words: what a rule says, else why nobody was asked."""
        if self.enforced:
            comments = [step.comment for step in self.steps if step.kind in EVIDENCE]
            return next(filter(None, comments), "a rule without a comment")
        silent = [step.text for step in self.steps if step.kind is StepKind.UNFILTERED]
        return silent[0] if silent else "neighbours on one segment, whom no rule can part"

    @property
    def through_internet(self) -> bool:
        """Whether it leaves one site for the internet and comes back by a public address."""
        return any(step.kind is StepKind.INTERNET for step in self.steps)


class Denial(NamedTuple):
    """Ports that are closed, with the way up to what stops them."""

    ports: PortSet
    dial: Dial
    steps: tuple[Step, ...]
    start: str


# With a dictionary, so that what views ask of it again and again is computed once.
class Verdict(Struct, frozen=True, dict=True):
    """What the source can open at the target, and what stops the rest."""

    source: str
    target: str
    parts: tuple[Part, ...] = ()
    denials: tuple[Denial, ...] = ()

    @property
    def pair(self) -> tuple[str, str]:
        """Source and target."""
        return self.source, self.target

    @cached_property
    def allowed(self) -> PortSet:
        """What is open at the target's own addresses; for the internet, at the public ones."""
        from_outside = self.source == EndpointKind.INTERNET
        return _union(p.ports for p in self.working if from_outside or p.dial.public is None)

    @cached_property
    def by_public_address(self) -> PortSet:
        """What is open to insiders who dial a public address."""
        return _union(part.ports for part in self.working if part.dial.public is not None)

    @cached_property
    def not_enforceable(self) -> PortSet:
        """What is open without any rule that could close it."""
        return _union(part.ports for part in self.working if not part.enforced)

    @cached_property
    def working(self) -> tuple[Part, ...]:
        """The parts whose answers come back."""
        return tuple(part for part in self.parts if part.fault is None)


def _union(sets: Iterable[PortSet]) -> PortSet:
    found = PortSet()
    for ports in sets:
        found |= ports
    return found


class FlowNote(Struct, frozen=True):
    """What is known of the flows of one name, to explain rules that carry it as comment."""

    name: str
    # Names of the ends as a user writes them, each once.
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    why: str
    origin: Origin
