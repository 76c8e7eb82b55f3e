"""Pods, addresses and policies -> what is open between any two of them, all pairs at once.

The same answers as `PolicySet.judge`, without the rules behind them and much quicker: each rule is
looked at once, for all ends together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reach.label_index import bits_of
from reach.policies import PeerEnd, Pod, ports_at
from reach.policy_form import Direction, Policy, PolicyRule
from reach.portset import PortSet
from reach.rule_index import RuleIndex

# Ends by their bits, and what is open with all of them.
Parts = list[tuple[int, PortSet]]


class PodMatrix:
    """What policies leave open between ends, which are pods or addresses outside."""

    def __init__(self, ends: Mapping[str, PeerEnd], policies: Iterable[Policy]) -> None:
        self.names = tuple(ends)
        self._ends = tuple(ends.values())
        self._everyone = (1 << len(self._ends)) - 1
        self._rules = RuleIndex(self._ends)
        by_namespace: dict[str, list[Policy]] = defaultdict(list)
        for policy in policies:
            by_namespace[policy.namespace].append(policy)
        self._inward = self._sides(by_namespace, Direction.INGRESS)
        self._outward = self._sides(by_namespace, Direction.EGRESS)
        self._both: dict[tuple[PortSet, PortSet], PortSet] = {}

    def open_pairs(self) -> Iterator[tuple[str, str, PortSet]]:
        """Every pair that may talk, with what is open between them.

        A pod and itself are left out: no policy stands between them. So are two addresses outside.
        """
        for target in range(len(self._ends)):
            for source, ports in self._into(target):
                yield self.names[source], self.names[target], ports

    def _into(self, target: int) -> Iterator[tuple[int, PortSet]]:
        comers = self._comers(target)
        for bits, ports in self._inward[target]:
            for source in bits_of(bits & comers):
                if both := self._meet(self._towards(source, target), ports):
                    yield source, both

    def _comers(self, target: int) -> int:
        """Who may come to it at all: everyone else, but to an address outside pods alone."""
        inside = isinstance(self._ends[target], Pod)
        return (self._everyone if inside else self._rules.pods) & ~(1 << target)

    def _towards(self, source: int, target: int) -> PortSet:
        for bits, ports in self._outward[source]:
            if bits >> target & 1:
                return ports
        return PortSet.nothing

    def _meet(self, one: PortSet, other: PortSet) -> PortSet:
        key = (one, other)
        if key not in self._both:
            self._both[key] = one & other
        return self._both[key]

    def _sides(
        self, by_namespace: Mapping[str, list[Policy]], direction: Direction
    ) -> tuple[Parts, ...]:
        """For each end what is open with whom in one direction; addresses impose nothing."""
        known: dict[tuple[str, tuple[int, ...], int | None], Parts] = {}
        found = []
        for place, end in enumerate(self._ends):
            own = by_namespace.get(end.namespace, ()) if isinstance(end, Pod) else ()
            selecting = tuple(
                number
                for number, policy in enumerate(own)
                if direction in policy.directions and self._rules.selects(policy, place)
            )
            rules = [(own[n], rule) for n in selecting for rule in own[n].rules(direction)]
            # What a port's name means differs from pod to pod.
            apart = place if any(rule.named for _, rule in rules) else None
            key = (end.namespace if isinstance(end, Pod) else "", selecting, apart)
            if key not in known:
                known[key] = self._parts(place, direction, rules) if selecting else self._whole()
            found.append(known[key])
        return tuple(found)

    def _whole(self) -> Parts:
        return [(self._everyone, PortSet.everything)]

    def _parts(
        self, place: int, direction: Direction, rules: list[tuple[Policy, PolicyRule]]
    ) -> Parts:
        """What all rules open together: ends with the same ports in one part."""
        parts: dict[PortSet, int] = {PortSet.nothing: self._everyone}
        for policy, rule in rules:
            admitted = self._rules.admitted(policy, rule)
            for bits, ports in self._opened(place, direction, rule, admitted):
                parts = _widened(parts, bits, ports)
        return [(bits, ports) for ports, bits in parts.items() if ports and bits]

    def _opened(
        self, place: int, direction: Direction, rule: PolicyRule, admitted: int
    ) -> Iterator[tuple[int, PortSet]]:
        if direction is Direction.INGRESS or not rule.named:
            yield admitted, ports_at(rule, self._ends[place])
            return
        for other in bits_of(admitted):
            yield 1 << other, ports_at(rule, self._ends[other])


def _widened(parts: Mapping[PortSet, int], bits: int, ports: PortSet) -> dict[PortSet, int]:
    found: dict[PortSet, int] = defaultdict(int)
    for known, there in parts.items():
        found[known | ports] |= there & bits
        found[known] |= there & ~bits
    return {known: there for known, there in found.items() if there}
