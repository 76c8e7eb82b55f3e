"""Flows from and to pods -> each tenant's NetworkPolicies, in shapes that weave-npc enforces."""

from collections.abc import Iterable, Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from config.network import Network
from plan.flows import shorten
from plan.model import Party, PartyKind, PlannedFlow, PolicyPlan, PolicyRule
from plan.peers import peers_of_source, peers_of_target
from plan.pod_ports import pod_ports
from plan.sightings import Surroundings
from terms.values import MAX_LABEL, Ports

DENY_ALL = "deny-all"
# Implied flows that have a policy with a name of its own; the first word of the flow's name.
FIXED_NAMES = {
    "cluster-dns": "allow-dns",
    "same-tenant": "allow-tenant",
    "internet": "allow-internet",
}

Labels = tuple[tuple[str, str], ...]


class Draft(Struct):
    """A policy while its rules are gathered."""

    name: str
    namespace: str
    labels: Labels
    why: str
    ingress: dict[PolicyRule, None] = field(default_factory=dict)
    egress: dict[PolicyRule, None] = field(default_factory=dict)

    def finish(self) -> PolicyPlan:
        """The policy with all its rules."""
        ingress, egress = _join_ports(self.ingress), _join_ports(self.egress)
        return PolicyPlan(self.name, self.namespace, self.labels, ingress, egress, self.why)


def _join_ports(rules: Iterable[PolicyRule]) -> tuple[PolicyRule, ...]:
    """One rule for the same peers, with the ports of all; no ports where one rule has none."""
    found: dict[PolicyRule, list[tuple[Ports, ...]]] = {}
    for rule in rules:
        found.setdefault(replace(rule, ports=()), []).append(rule.ports)
    return tuple(
        replace(rule, ports=tuple(sorted({p for ports in listed for p in ports})))
        if all(listed)
        else rule
        for rule, listed in found.items()
    )


# By tenant, namespace and name.
Drafts = dict[tuple[str, str, str], Draft]


def build_policies(
    network: Network, around: Surroundings, flows: tuple[PlannedFlow, ...]
) -> dict[str, tuple[PolicyPlan, ...]]:
    """Compute the policies of every tenant, by namespace: the closed door first, then the flows.

    A flow between pods opens both ends; an end that is not a pod is opened by routers and hosts.
    System namespaces are never given a policy.
    """
    drafts: Drafts = {}
    for flow in flows:
        _open_source(drafts, around, flow)
        _open_target(drafts, around, flow)
    by_tenant: dict[str, list[PolicyPlan]] = {name: [] for name in sorted(network.tenants)}
    for tenant, declared in network.tenants.items():
        by_tenant[tenant] += (_deny_all(namespace) for namespace in declared.namespaces)
    for (tenant, _, _), draft in drafts.items():
        by_tenant[tenant].append(draft.finish())
    return {tenant: tuple(sorted(found, key=_order)) for tenant, found in by_tenant.items()}


def _order(policy: PolicyPlan) -> tuple[str, bool, bool, str]:
    fixed = policy.name in FIXED_NAMES.values()
    return policy.namespace, policy.name != DENY_ALL, not fixed, policy.name


def _deny_all(namespace: str) -> PolicyPlan:
    why = "closed in both directions but for what another policy opens"
    return PolicyPlan(DENY_ALL, namespace, (), (), (), why)


def _open_source(drafts: Drafts, around: Surroundings, flow: PlannedFlow) -> None:
    ports = pod_ports(flow)
    if flow.source.kind is not PartyKind.PODS or ports is None:
        return
    rule = PolicyRule(peers_of_target(around, flow), ports, flow.name)
    for draft in _drafts_for(drafts, flow, flow.source):
        draft.egress[rule] = None


def _open_target(drafts: Drafts, around: Surroundings, flow: PlannedFlow) -> None:
    ports = pod_ports(flow)
    if flow.target.kind is not PartyKind.PODS or ports is None:
        return
    rule = PolicyRule(peers_of_source(around, flow), ports, flow.name)
    # No peers would mean everyone: where nobody can arrive, nothing is opened.
    for draft in _drafts_for(drafts, flow, flow.target) if rule.peers else ():
        draft.ingress[rule] = None


def _drafts_for(drafts: Drafts, flow: PlannedFlow, party: Party) -> Iterator[Draft]:
    """The policy of this flow in each namespace of a tenant's pods; none for the system's."""
    pods = party.pods
    if pods is None or not pods.tenant:
        return
    for namespace in pods.namespaces:
        name = policy_name(flow, party)
        key = (pods.tenant, namespace, name)
        yield drafts.setdefault(key, Draft(name, namespace, pods.labels, flow.why))


def policy_name(flow: PlannedFlow, party: Party) -> str:
    """The name of a flow's policy: a fixed one, or made of the flow's name alone.

    Where it selects the pods of one workload, its name follows after a dot, so that two workloads
    of a namespace never share a policy.
    """
    kind, _, rest = flow.name.partition("/")
    if kind in FIXED_NAMES and party.pods and rest == party.pods.tenant:
        return FIXED_NAMES[kind]
    workload = f".{party.service.name}" if party.service else ""
    return shorten(f"flow-{flow.name}{workload}".replace("/", "."), MAX_LABEL)
