"""The typed form of a device's packet rules: templates print it one to one, reach evaluates it."""

from collections.abc import Iterator
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from terms.values import Ports, Protocol


class Chain(StrEnum):
    """Base chains of the owned table, in the order a packet meets them.

    None of the names is an nft keyword: `map` or `fwd` would be refused.
    """

    PREROUTING = "nat_prerouting"
    MSS = "mangle_forward"
    INPUT = "filter_input"
    FORWARD = "filter_forward"
    POSTROUTING = "nat_postrouting"


class Family(StrEnum):
    """IP version a rule speaks of; any rule with an IPv4 address speaks of IPv4 anyway."""

    ANY = "any"
    IPV4 = "ipv4"
    IPV6 = "ipv6"


class State(StrEnum):
    """Connection tracking states (nft(8), ct state)."""

    NEW = "new"
    ESTABLISHED = "established"
    RELATED = "related"
    INVALID = "invalid"


class Match(Struct, frozen=True):
    """What a packet looks like; an empty tuple asks nothing, several values are alternatives."""

    input_interfaces: tuple[str, ...] = ()
    output_interfaces: tuple[str, ...] = ()
    family: Family = Family.ANY
    sources: tuple[IPv4Network, ...] = ()
    not_sources: tuple[IPv4Network, ...] = ()
    destinations: tuple[IPv4Network, ...] = ()
    not_destinations: tuple[IPv4Network, ...] = ()
    protocol: Protocol = Protocol.ANY
    # Destination ports; all of the rule's one protocol.
    ports: tuple[Ports, ...] = ()
    # The destination before translation (nft(8): ct original ip daddr, ct original proto-dst).
    original_destinations: tuple[IPv4Network, ...] = ()
    original_port: int | None = None
    # The destination is an address of the device itself (nft(8): fib daddr type local).
    local_destination: bool = False
    states: tuple[State, ...] = ()
    # ICMPv6 type names as nft(8) writes them, for neighbour discovery and errors.
    icmpv6_types: tuple[str, ...] = ()


class Accept(Struct, frozen=True):
    """Let the packet pass this hook."""


class Drop(Struct, frozen=True):
    """Discard the packet."""


class TranslateDestination(Struct, frozen=True):
    """Rewrite the destination: to one address and port, or one to one into an equal range."""

    to: IPv4Network
    port: int | None = None


class TranslateSource(Struct, frozen=True):
    """Rewrite the source: to one address, or one to one into a range of equal size."""

    to: IPv4Network


class Masquerade(Struct, frozen=True):
    """Rewrite the source to the address of the interface the packet leaves by."""


class ClampMss(Struct, frozen=True):
    """Lower the TCP segment size to what the route's MTU carries."""


Action = Accept | Drop | TranslateDestination | TranslateSource | Masquerade | ClampMss


class Rule(Struct, frozen=True):
    """One line of a chain: what it matches, what it does, and for which flow or reason."""

    match: Match
    action: Action
    # Name of the flow it serves, or a reason in words; printed as the rule's comment.
    comment: str


class RuleChain(Struct, frozen=True):
    """A base chain with the verdict for what no rule matched."""

    chain: Chain
    accepts_rest: bool
    rules: tuple[Rule, ...]


class Ruleset(Struct, frozen=True):
    """All chains of one device's owned table; empty where the device filters nothing."""

    chains: tuple[RuleChain, ...] = ()

    def chain(self, name: Chain) -> RuleChain | None:
        """The chain of that name, or None where the device has none."""
        return next((chain for chain in self.chains if chain.chain is name), None)

    def rules(self) -> Iterator[tuple[Chain, Rule]]:
        """Every rule with its chain, in the order of the text."""
        for chain in self.chains:
            for rule in chain.rules:
                yield chain.chain, rule


def host_prefix(address: IPv4Address) -> IPv4Network:
    """The /32 that holds exactly this address."""
    return IPv4Network((int(address), 32))
