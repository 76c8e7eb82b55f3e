"""NetworkPolicies, a pod and its peer -> what is open between them, and by which rules.

Semantics after the Kubernetes API reference of NetworkPolicy (networking.k8s.io/v1); where the API
leaves it open, as Weave Net does it: an ipBlock also matches the addresses of pods.
"""

from collections.abc import Iterable

from msgspec import Struct, field

from reach.policy_form import Direction, Peer, Policy, PolicyRule
from reach.portset import PortSet
from reach.selectors import Labels


class Pod(Struct, frozen=True, eq=False):
    """Pods that no selector tells apart; hostNetwork pods are none: they are their node."""

    namespace: str
    labels: Labels
    namespace_labels: Labels
    address: int
    # Container ports by protocol and name.
    named_ports: tuple[tuple[tuple[str, str], int], ...] = ()


# The other side of a packet: a pod, or an address outside the pod network.
PeerEnd = Pod | int


class Opening(Struct, frozen=True):
    """Ports that one rule of one policy opens; rules count from 1."""

    ports: PortSet
    policy: Policy
    rule: int


class Judgement(Struct, frozen=True):
    """What the policies of one direction say of a pod and its peer."""

    # Without a policy that selects the pod in this direction, everything is open.
    isolated: bool
    openings: tuple[Opening, ...]
    selecting: tuple[Policy, ...]

    @property
    def ports(self) -> PortSet:
        """All that is open."""
        if not self.isolated:
            return PortSet.everything
        found = PortSet()
        for opening in self.openings:
            found |= opening.ports
        return found


class PolicySet(Struct):
    """All policies of a cluster, by namespace; judgements are remembered."""

    _by_namespace: dict[str, list[Policy]] = field(default_factory=dict)
    _selecting: dict[tuple[Pod, Direction], tuple[Policy, ...]] = field(default_factory=dict)
    _judged: dict[tuple[Pod, Direction, PeerEnd], Judgement] = field(default_factory=dict)

    @classmethod
    def of(cls, policies: Iterable[Policy]) -> "PolicySet":
        """Sort policies by their namespace."""
        found = cls()
        for policy in policies:
            found._by_namespace.setdefault(policy.namespace, []).append(policy)
        return found

    def judge(self, pod: Pod, direction: Direction, peer: PeerEnd) -> Judgement:
        """Say what is open between a pod and a peer in the pod's direction."""
        key = (pod, direction, peer)
        if key not in self._judged:
            self._judged[key] = self._evaluate(pod, direction, peer)
        return self._judged[key]

    def selecting(self, pod: Pod, direction: Direction) -> tuple[Policy, ...]:
        """The policies of the pod's namespace that isolate it in this direction."""
        key = (pod, direction)
        if key not in self._selecting:
            own = self._by_namespace.get(pod.namespace, ())
            self._selecting[key] = tuple(
                policy
                for policy in own
                if direction in policy.directions and policy.pods.selects(pod.labels)
            )
        return self._selecting[key]

    def _evaluate(self, pod: Pod, direction: Direction, peer: PeerEnd) -> Judgement:
        policies = self.selecting(pod, direction)
        destination = pod if direction is Direction.INGRESS else peer
        openings = tuple(
            Opening(ports, policy, number)
            for policy in policies
            for number, rule in enumerate(policy.rules(direction), start=1)
            if _admits(policy, rule, peer) and (ports := ports_at(rule, destination))
        )
        return Judgement(bool(policies), openings, policies)


def _admits(policy: Policy, rule: PolicyRule, peer: PeerEnd) -> bool:
    """No peers mean everyone, also outside the cluster; several are alternatives."""
    return not rule.peers or any(is_peer(policy, each, peer) for each in rule.peers)


def is_peer(policy: Policy, peer: Peer, end: PeerEnd) -> bool:
    """Whether a peer of a policy's rule speaks of this end."""
    if peer.block is not None:
        return peer.block.holds(end.address if isinstance(end, Pod) else end)
    if not isinstance(end, Pod):
        return False
    if peer.namespaces is None:
        at_home = end.namespace == policy.namespace
    else:
        at_home = peer.namespaces.selects(end.namespace_labels)
    return at_home and (peer.pods is None or peer.pods.selects(end.labels))


def ports_at(rule: PolicyRule, destination: PeerEnd) -> PortSet:
    """The ports that a rule opens at a destination.

    Names of ports mean what the destination pod says; an address outside knows no names.
    """
    if not rule.named:
        return rule.ports
    ports = rule.ports
    known = dict(destination.named_ports) if isinstance(destination, Pod) else {}
    for named in rule.named:
        number = known.get((named.protocol, named.name))
        if number is not None:
            ports |= PortSet.spanning(named.protocol, number, number)
    return ports
