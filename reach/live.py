"""A plan and what is in its cluster -> where the cluster's own policies decide otherwise.

Policies alone are compared, over the pods that run: routers and hosts may close more, on both
sides. In namespaces that are no tenant's the cluster's policies stand on both sides, for they are
not ours.
"""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network

from msgspec import Struct
from msgspec.structs import replace

from plan.model import Plan
from reach.address_classes import EXAMPLES
from reach.cluster_objects import ClusterObjects, read_cluster
from reach.idle_selectors import Home, find_idle_selectors
from reach.other_networks import find_other_networks
from reach.pod_matrix import PodMatrix
from reach.policies import PeerEnd, Pod, PolicySet
from reach.policy_form import Direction, Policy, read_policy
from reach.portset import PortSet
from reach.selectors import Labels, labels_of
from render.manifest import NAMESPACE, NAMESPACE_LABEL, NETWORK_POLICY, Fields, Manifest
from render.policy_forms import lint_forms
from terms.problem import Problem

Pairs = dict[tuple[str, str], PortSet]


class LiveChange(Struct, frozen=True):
    """Ports that the cluster has open, or closed, and we have not; by which of its policies."""

    source: str
    target: str
    ports: PortSet
    by: tuple[str, ...]


class LiveReach(Struct, frozen=True):
    """What a cluster decides otherwise than is declared; policies are named `namespace/name`."""

    pods: int
    policies: int
    opened: tuple[LiveChange, ...]
    closed: tuple[LiveChange, ...]
    # In namespaces of tenants: what nobody declared, what is not there, what says other things.
    foreign: tuple[str, ...]
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    # Forms that Weave Net enforces wrongly, selectors of nobody, and what could not be read.
    problems: tuple[Problem, ...]

    @property
    def differs(self) -> bool:
        """Whether anything is other than declared; a selector of nobody alone is not."""
        return bool(self.opened or self.closed or self.foreign or self.missing or self.changed)


def compare_live(
    plan: Plan, manifests: tuple[Manifest, ...], objects: Iterable[Fields]
) -> LiveReach:
    """Hold what an API server lists against what is declared."""
    listed = tuple(objects)
    found = read_cluster(listed)
    live = {policy.path: policy for policy in found.policies}
    ours = {p.path: p for p in (read_policy(m) for m in manifests if m.type == NETWORK_POLICY)}
    spaces = {m.name: m for m in manifests if m.type == NAMESPACE}
    others = [policy for policy in live.values() if policy.namespace not in spaces]
    ends = _ends(plan, found)
    as_declared = {name: _with_declared_labels(end, spaces) for name, end in ends.items()}
    there = _pairs(ends, live.values())
    here = _pairs(as_declared, [*ours.values(), *others])
    own = {path for path, policy in live.items() if policy.namespace in spaces}
    return LiveReach(
        pods=len(found.pods),
        policies=len(found.manifests),
        opened=tuple(_beyond(there, here, ends, PolicySet.of(live.values()))),
        closed=tuple(_beyond(here, there, as_declared, PolicySet.of(ours.values()))),
        foreign=tuple(sorted(own - ours.keys())),
        missing=tuple(sorted(ours.keys() - live.keys())),
        changed=tuple(path for path in sorted(own & ours.keys()) if live[path] != ours[path]),
        problems=(*find_other_networks(listed), *_problems(plan, found, ours)),
    )


# ---------------------------------------------------------------- who is compared


def _ends(plan: Plan, found: ClusterObjects) -> dict[str, PeerEnd]:
    """Pods that no policy tells apart once, and an address of everything outside with a name."""
    ranges = {prefix.reference: prefix.effective for prefix in plan.addresses.prefixes}
    ranges |= {f"vpn.{name}": end.cidr for name, end in plan.network.vpn.endpoints.items()}
    ends: dict[str, PeerEnd] = {"internet": _middle(IPv4Network(EXAMPLES[0]))}
    ends |= {name: _middle(network) for name, network in ranges.items()}
    alike: dict[object, list[str]] = {}
    for name, pod in found.pods.items():
        alike.setdefault(_kind_of(pod, found.policies), []).append(name)
    for names in alike.values():
        more = f" and {len(names) - 1} alike" if len(names) > 1 else ""
        ends[f"{names[0]}{more}"] = found.pods[names[0]]
    return ends


def _middle(network: IPv4Network) -> int:
    return int(network.network_address) + network.num_addresses // 2


def _kind_of(pod: Pod, policies: tuple[Policy, ...]) -> object:
    rules = (rule for policy in policies for rule in (*policy.ingress, *policy.egress))
    blocks = {peer.block for rule in rules for peer in rule.peers if peer.block is not None}
    inside = frozenset(block for block in blocks if block.holds(pod.address))
    return pod.namespace, pod.labels, pod.named_ports, inside


def _with_declared_labels(end: PeerEnd, spaces: Mapping[str, Manifest]) -> PeerEnd:
    if not isinstance(end, Pod) or end.namespace not in spaces:
        return end
    labels = dict(labels_of(spaces[end.namespace].at("metadata", "labels")))
    declared = tuple(sorted({**labels, NAMESPACE_LABEL: end.namespace}.items()))
    return replace(end, namespace_labels=declared)


def _pairs(ends: Mapping[str, PeerEnd], policies: Iterable[Policy]) -> Pairs:
    found = PodMatrix(ends, policies).open_pairs()
    return {(source, target): ports for source, target, ports in found}


# ---------------------------------------------------------------- what differs


def _beyond(
    pairs: Pairs, others: Pairs, ends: Mapping[str, PeerEnd], policies: PolicySet
) -> Iterator[LiveChange]:
    for (source, target), ports in sorted(pairs.items()):
        if left := ports - others.get((source, target), PortSet.nothing):
            by = dict.fromkeys(_openers(ends[source], ends[target], left, policies))
            yield LiveChange(source, target, left, tuple(by))


def _openers(
    source: PeerEnd, target: PeerEnd, ports: PortSet, policies: PolicySet
) -> Iterator[str]:
    """The policies that open some of the ports; none where no policy isolates either end."""
    for pod, peer, direction in (
        (source, target, Direction.EGRESS),
        (target, source, Direction.INGRESS),
    ):
        judged = policies.judge(pod, direction, peer) if isinstance(pod, Pod) else None
        for opening in judged.openings if judged else ():
            if opening.ports & ports:
                yield opening.policy.path


def _problems(plan: Plan, found: ClusterObjects, ours: Mapping[str, Policy]) -> Iterator[Problem]:
    cluster = plan.network.cluster
    yield from lint_forms(found.manifests, (cluster.pods, cluster.services) if cluster else ())
    # Ours are for workloads that are declared, whether they run yet or not.
    by_others = (policy for policy in found.policies if policy.path not in ours)
    yield from find_idle_selectors(by_others, _homes(found))
    for refusal in found.unread:
        yield Problem(
            "E-NPC-18",
            f"kubernetes/NetworkPolicy/{refusal.policy}",
            f"a form that is not known: {refusal.reason}",
            "what it opens or closes is not part of this answer",
            "read it by yourself, or write it in another way",
        )


def _homes(found: ClusterObjects) -> dict[str, Home]:
    """Every namespace with its pods; where none runs, nobody knows what will."""
    pods: dict[str, list[Labels]] = {}
    for pod in found.pods.values():
        pods.setdefault(pod.namespace, []).append(pod.labels)
    return {name: Home(labels, pods.get(name)) for name, labels in found.namespaces.items()}
