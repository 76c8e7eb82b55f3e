"""A device's typed rules -> which of them a packet meets, and what they do with it."""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from typing import Generic, NamedTuple, TypeVar

from plan.ruleset import Chain, ClampMss, Family, Match, Rule, RuleChain, State
from reach.address_classes import Masked, any_holds, masked
from reach.packet import Crossing, Packet
from reach.portset import PortSet
from terms.values import Ports, Protocol

Value = TypeVar("Value")

WITH_PORTS = (Protocol.TCP, Protocol.UDP)


class Networks(NamedTuple):
    """Ranges that an address must be in, if any, and ranges that it must not be in."""

    wanted: tuple[Masked, ...]
    refused: tuple[Masked, ...] = ()

    def hold(self, address: int) -> bool:
        """Whether the address fits."""
        inside = not self.wanted or any_holds(self.wanted, address)
        return inside and not any_holds(self.refused, address)


class CompiledRule(NamedTuple):
    """A rule with its number, from 1, and what it asks for made quick to compare."""

    number: int
    rule: Rule
    sources: Networks
    targets: Networks
    originals: Networks
    ports: PortSet
    # None where the rule asks nothing about it.
    original_ports: PortSet | None


class Decision(NamedTuple):
    """Packets of some ports and the rule that decides about them; None where none does."""

    packet: Packet
    rule: CompiledRule | None


class Respect(Generic[Value]):
    """One respect in which rules part packets; the answer for each value is remembered."""

    def __init__(
        self, rules: tuple[CompiledRule, ...], holds: Callable[[CompiledRule, Value], bool]
    ) -> None:
        self._rules = rules
        self._holds = holds
        self._known: dict[Value, int] = {}

    def rules_for(self, value: Value) -> int:
        """Rules that let this value pass, as bits."""
        known = self._known.get(value)
        if known is None:
            known = 0
            for index, rule in enumerate(self._rules):
                if self._holds(rule, value):
                    known |= 1 << index
            self._known[value] = known
        return known


class CompiledChain:
    """A base chain made quick to evaluate: the first rule that matches and ends the way decides."""

    def __init__(self, chain: RuleChain) -> None:
        self.name: Chain = chain.chain
        self.accepts_rest: bool = chain.accepts_rest
        self.rules: tuple[CompiledRule, ...] = tuple(_compile(chain))
        self._enters = Respect(self.rules, _enters_by)
        self._leaves = Respect(self.rules, _leaves_by)
        self._source = Respect(self.rules, _comes_from)
        self._target = Respect(self.rules, _goes_to)
        self._original = Respect(self.rules, _went_to)
        self._local = Respect(self.rules, _is_local)
        self._state = Respect(self.rules, _has_state)

    def decide(self, packet: Packet, crossing: Crossing) -> Iterator[Decision]:
        """Part the packet by the rules that decide about its ports, in the order of the chain."""
        standing = (
            self._enters.rules_for(crossing.enters)
            & self._leaves.rules_for(crossing.leaves)
            & self._source.rules_for(crossing.source)
            & self._target.rules_for(crossing.target)
            & self._original.rules_for(crossing.original)
            & self._local.rules_for(crossing.local)
            & self._state.rules_for(crossing.state)
        )
        rest = packet
        while standing and rest.ports:
            lowest = standing & -standing
            standing ^= lowest
            rule = self.rules[lowest.bit_length() - 1]
            found = rest.matching(rule.ports)
            if rule.original_ports is not None:
                found &= rest.matching_arrival(rule.original_ports)
            if found == rest.ports:
                yield Decision(rest, rule)
                return
            if found:
                yield Decision(rest._replace(ports=found), rule)
                rest = rest._replace(ports=rest.ports - found)
        if rest.ports:
            yield Decision(rest, None)


def _compile(chain: RuleChain) -> Iterator[CompiledRule]:
    for number, rule in enumerate(chain.rules, start=1):
        match = rule.match
        # A segment size decides nothing; IPv6 has its own question, for it has no addresses here.
        if isinstance(rule.action, ClampMss) or match.family is Family.IPV6 or match.icmpv6_types:
            continue
        ports = PortSet.of(match.ports or (Ports(match.protocol),))
        yield CompiledRule(
            number=number,
            rule=rule,
            sources=_networks(match.sources, match.not_sources),
            targets=_networks(match.destinations, match.not_destinations),
            originals=_networks(match.original_destinations),
            ports=ports,
            original_ports=_original_ports(match),
        )


def _original_ports(match: Match) -> PortSet | None:
    if match.original_port is None:
        return None
    protocols = WITH_PORTS if match.protocol is Protocol.ANY else (match.protocol,)
    return PortSet.of(Ports(each, match.original_port, match.original_port) for each in protocols)


def _networks(wanted: tuple[IPv4Network, ...], refused: tuple[IPv4Network, ...] = ()) -> Networks:
    return Networks(tuple(map(masked, wanted)), tuple(map(masked, refused)))


def _enters_by(rule: CompiledRule, name: str) -> bool:
    names = rule.rule.match.input_interfaces
    return not names or name in names


def _leaves_by(rule: CompiledRule, name: str) -> bool:
    names = rule.rule.match.output_interfaces
    return not names or name in names


def _comes_from(rule: CompiledRule, address: int) -> bool:
    return rule.sources.hold(address)


def _goes_to(rule: CompiledRule, address: int) -> bool:
    return rule.targets.hold(address)


def _went_to(rule: CompiledRule, address: int) -> bool:
    return rule.originals.hold(address)


def _is_local(rule: CompiledRule, local: bool) -> bool:
    return local or not rule.rule.match.local_destination


def _has_state(rule: CompiledRule, state: State) -> bool:
    return not rule.rule.match.states or state in rule.rule.match.states
