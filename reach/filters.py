"""A device's typed rules -> which of them a packet meets, and what they do with it."""

from collections.abc import Callable, Hashable, Iterator
from ipaddress import IPv4Network
from typing import NamedTuple

from plan.ruleset import Chain, ClampMss, Family, Match, Rule, RuleChain, State
from reach.address_classes import Masked, any_holds, masked
from reach.packet import Crossing, Packet
from reach.portset import PortSet
from terms.values import Ports, Protocol

WITH_PORTS = (Protocol.TCP, Protocol.UDP)


class CompiledRule(NamedTuple):
    """A rule with its number, from 1, and the ports it speaks of as sets."""

    number: int
    rule: Rule
    ports: PortSet
    # None where the rule asks nothing about it.
    original_ports: PortSet | None


class Decision(NamedTuple):
    """Packets of some ports and the rule that decides about them; None where none does."""

    packet: Packet
    rule: CompiledRule | None


# A condition on one respect of a crossing: which rules it lets stand, as a bit for each.
class Respect:
    """One respect in which rules part packets; the answer for each value is remembered."""

    def __init__(
        self, rules: tuple[CompiledRule, ...], holds: Callable[[Match, Hashable], bool]
    ) -> None:
        self._matches = tuple(rule.rule.match for rule in rules)
        self._holds = holds
        self._known: dict[Hashable, int] = {}

    def rules_for(self, value: Hashable) -> int:
        """Rules that let this value pass, as bits."""
        known = self._known.get(value)
        if known is None:
            known = 0
            for index, match in enumerate(self._matches):
                if self._holds(match, value):
                    known |= 1 << index
            self._known[value] = known
        return known


class CompiledChain:
    """A base chain made quick to evaluate: the first rule that matches and ends the way decides."""

    def __init__(self, chain: RuleChain) -> None:
        self.name: Chain = chain.chain
        self.accepts_rest: bool = chain.accepts_rest
        self.rules: tuple[CompiledRule, ...] = tuple(_compile(chain))
        networks = _Networks()
        self._enters = Respect(self.rules, _enters_by)
        self._leaves = Respect(self.rules, _leaves_by)
        self._source = Respect(self.rules, networks.holds_source)
        self._target = Respect(self.rules, networks.holds_target)
        self._original = Respect(self.rules, networks.holds_original)
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
        yield CompiledRule(number, rule, ports, _original_ports(match))


def _original_ports(match: Match) -> PortSet | None:
    if match.original_port is None:
        return None
    protocols = WITH_PORTS if match.protocol is Protocol.ANY else (match.protocol,)
    return PortSet.of(Ports(each, match.original_port, match.original_port) for each in protocols)


def _enters_by(match: Match, name: Hashable) -> bool:
    return not match.input_interfaces or name in match.input_interfaces


def _leaves_by(match: Match, name: Hashable) -> bool:
    return not match.output_interfaces or name in match.output_interfaces


def _is_local(match: Match, local: Hashable) -> bool:
    return bool(local) or not match.local_destination


def _has_state(match: Match, state: Hashable) -> bool:
    return not match.states or State(str(state)) in match.states


class _Networks:
    """The ranges of matches as numbers, each made once."""

    def __init__(self) -> None:
        self._masked: dict[tuple[IPv4Network, ...], tuple[Masked, ...]] = {}

    def _of(self, networks: tuple[IPv4Network, ...]) -> tuple[Masked, ...]:
        if networks not in self._masked:
            self._masked[networks] = tuple(map(masked, networks))
        return self._masked[networks]

    def _fits(
        self, wanted: tuple[IPv4Network, ...], refused: tuple[IPv4Network, ...], address: Hashable
    ) -> bool:
        number = address if isinstance(address, int) else 0
        inside = not wanted or any_holds(self._of(wanted), number)
        return inside and not (refused and any_holds(self._of(refused), number))

    def holds_source(self, match: Match, address: Hashable) -> bool:
        return self._fits(match.sources, match.not_sources, address)

    def holds_target(self, match: Match, address: Hashable) -> bool:
        return self._fits(match.destinations, match.not_destinations, address)

    def holds_original(self, match: Match, address: Hashable) -> bool:
        return self._fits(match.original_destinations, (), address)
