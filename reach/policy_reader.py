"""Pods and policies -> what the policies say of each pod and its peers, each thing once.

Pods that the same policies select share what is said of them, and of the other pods only those are
looked at that some rule lets in: a pod's policies speak of few pods, and of all others alike.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from reach.label_index import bits_of
from reach.policies import Judgement, Opening, PeerEnd, Pod, PolicySet, ports_at
from reach.policy_form import Direction, Policy
from reach.policy_steps import PolicyAnswer, answer_of
from reach.rule_index import RuleIndex

# Pods that one of these stands for are told apart by no policy of this direction.
SideKey = tuple[str, tuple[int, ...], Direction, object]


class Side(Struct, frozen=True):
    """What is said of pods in one direction: of others by their place, and of all the rest."""

    usual: PolicyAnswer
    others: dict[int, PolicyAnswer]

    def about(self, place: int) -> PolicyAnswer:
        """What is said of the pod in that place."""
        return self.others.get(place, self.usual)


class PolicyReader:
    """Puts judgements into words."""

    def __init__(self, policies: PolicySet, pods: Iterable[Pod]) -> None:
        self._policies = policies
        self._pods = tuple(pods)
        self._places = {pod: place for place, pod in enumerate(self._pods)}
        self._index = RuleIndex(self._pods)
        self._sides: dict[SideKey, Side] = {}
        self._side_of: dict[tuple[Pod, Direction], Side] = {}
        self._outside: dict[tuple[SideKey, PeerEnd], PolicyAnswer] = {}

    def ask(self, pod: Pod, direction: Direction, peer: PeerEnd) -> PolicyAnswer:
        """What the policies of a pod say of a peer in the pod's direction."""
        if isinstance(peer, Pod) and peer in self._places:
            return self._side(pod, direction).about(self._places[peer])
        key = (self._key(pod, direction), peer)
        if key not in self._outside:
            judgement = self._policies.judge(pod, direction, peer)
            self._outside[key] = answer_of(judgement, pod, direction)
        return self._outside[key]

    def meetings(self) -> Iterator[tuple[int, int]]:
        """Pairs of places, in order: all whose first may send to its second, and few others."""
        inward = [self._side(pod, Direction.INGRESS) for pod in self._pods]
        welcoming = {place for place, side in enumerate(inward) if side.usual.openings}
        named = _turned(inward)
        for place, pod in enumerate(self._pods):
            out = self._side(pod, Direction.EGRESS)
            met = set(out.others)
            if out.usual.openings:
                met |= welcoming | named.get(place, set())
            for other in sorted(met):
                yield place, other

    def _side(self, pod: Pod, direction: Direction) -> Side:
        found = self._side_of.get((pod, direction))
        if found is None:
            key = self._key(pod, direction)
            if key not in self._sides:
                self._sides[key] = self._read(pod, direction)
            found = self._side_of[pod, direction] = self._sides[key]
        return found

    def _key(self, pod: Pod, direction: Direction) -> SideKey:
        policies = self._policies.selecting(pod, direction)
        # What a port's name means differs from pod to pod.
        names = direction is Direction.INGRESS and pod.named_ports
        return pod.namespace, tuple(map(id, policies)), direction, names

    def _read(self, pod: Pod, direction: Direction) -> Side:
        policies = self._policies.selecting(pod, direction)
        found: dict[int, list[Opening]] = {}
        for policy in policies:
            for place, opening in self._openings(pod, direction, policy):
                found.setdefault(place, []).append(opening)
        # Many are let in by the same rules.
        answers: dict[tuple[Opening, ...], PolicyAnswer] = {}

        def answer(openings: tuple[Opening, ...]) -> PolicyAnswer:
            if openings not in answers:
                judgement = Judgement(bool(policies), openings, policies)
                answers[openings] = answer_of(judgement, pod, direction)
            return answers[openings]

        return Side(answer(()), {place: answer(tuple(each)) for place, each in found.items()})

    def _openings(
        self, pod: Pod, direction: Direction, policy: Policy
    ) -> Iterator[tuple[int, Opening]]:
        for number, rule in enumerate(policy.rules(direction), start=1):
            known: dict[object, Opening] = {}
            for place in bits_of(self._index.admitted(policy, rule)):
                destination = pod if direction is Direction.INGRESS else self._pods[place]
                ports = ports_at(rule, destination)
                if ports:
                    yield place, known.setdefault(ports, Opening(ports, policy, number))


def _turned(sides: list[Side]) -> dict[int, set[int]]:
    """By the place of which something is said: the places that say it."""
    found: dict[int, set[int]] = {}
    for place, side in enumerate(sides):
        for other in side.others:
            found.setdefault(other, set()).add(place)
    return found
