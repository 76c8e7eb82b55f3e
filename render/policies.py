"""Planned policies -> NetworkPolicy objects, in the forms alone that weave-npc enforces."""

from collections.abc import Iterable
from ipaddress import IPv4Network

from plan.model import PolicyPeer, PolicyPlan, PolicyRule
from render.manifest import (
    FLOWS_ANNOTATION,
    MANAGED_LABEL,
    MANAGER,
    NAMESPACE_LABEL,
    NETWORK_POLICY,
    TENANT_LABEL,
    WHY_ANNOTATION,
    Fields,
    Json,
    Manifest,
    Meta,
)
from terms.problem import DescriptionError, Problem
from terms.values import Ports, Protocol

# weave-npc knows no ranges (endPort is ignored), so each port is a rule of its own on every node.
MAX_EXPANDED_PORTS = 128


def render_policy(tenant: str, plan: PolicyPlan) -> Manifest:
    """One NetworkPolicy; raises DescriptionError for ports that no policy can express."""
    flows = sorted({rule.flow for rule in (*plan.ingress, *plan.egress) if rule.flow})
    notes = {WHY_ANNOTATION: plan.why, FLOWS_ANNOTATION: ", ".join(flows)}
    meta = Meta(
        plan.name,
        plan.namespace,
        {MANAGED_LABEL: MANAGER},
        {key: note for key, note in notes.items() if note},
    )
    spec: dict[str, Json] = {
        "podSelector": {"matchLabels": dict(plan.labels)} if plan.labels else {},
        # Both, always: a type that is added later is never enforced until weave-npc restarts.
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [_render_rule("from", rule) for rule in plan.ingress],
        "egress": [_render_rule("to", rule) for rule in plan.egress],
    }
    return Manifest(NETWORK_POLICY, meta, tenant, {"spec": spec})


def find_inexpressible(policies: Iterable[PolicyPlan]) -> tuple[Problem, ...]:
    """Problems with ports that a NetworkPolicy in Weave Net has no form for; each flow once."""
    rules = (rule for plan in policies for rule in (*plan.ingress, *plan.egress))
    found = {
        (rule.flow, ports): _judge_ports(rule, ports) for rule in rules for ports in rule.ports
    }
    problems = (problem for problem in found.values() if problem)
    return tuple(sorted(problems, key=lambda problem: problem.order))


def _judge_ports(rule: PolicyRule, ports: Ports) -> Problem | None:
    if ports.protocol is Protocol.ICMP:
        return Problem(
            code="E-POL-01",
            path=f"flows/{rule.flow}",
            found="icmp between pods and something else",
            consequence="a network policy has no word for it: it could only open every protocol",
            fix="name tcp or udp ports, or write any",
        )
    if ports.last - ports.first < MAX_EXPANDED_PORTS or ports.every_port:
        return None
    return Problem(
        code="E-POL-02",
        path=f"flows/{rule.flow}",
        found=f"{ports} holds {ports.last - ports.first + 1} ports",
        consequence="Weave Net enforces single ports alone, and each would be a rule on every node",
        fix=f"name at most {MAX_EXPANDED_PORTS} ports in one range, or the protocol without ports",
    )


def _render_rule(direction: str, rule: PolicyRule) -> Fields:
    problems = [problem for ports in rule.ports if (problem := _judge_ports(rule, ports))]
    if problems:
        raise DescriptionError(tuple(problems))
    peers = sorted((_render_peer(peer) for peer in rule.peers), key=repr)
    ports = _render_ports(rule.ports)
    return {direction: peers, "ports": ports} if ports else {direction: peers}


def _render_ports(ports: tuple[Ports, ...]) -> list[Json]:
    """The ports one by one; none at all where every protocol is open."""
    if any(entry.protocol is Protocol.ANY for entry in ports):
        return []
    whole = {entry.protocol for entry in ports if entry.every_port}
    single = {
        (entry.protocol, number)
        for entry in ports
        if entry.protocol not in whole
        for number in range(entry.first, entry.last + 1)
    }
    # Without a number it is every port of the protocol.
    unnumbered: list[Json] = [{"protocol": protocol.upper()} for protocol in sorted(whole)]
    numbered: list[Json] = [
        {"protocol": protocol.upper(), "port": number} for protocol, number in sorted(single)
    ]
    return [*unnumbered, *numbered]


def _render_peer(peer: PolicyPeer) -> Fields:
    if peer.block is not None:
        return _render_block(peer.block, peer.excepts)
    if peer.tenant is not None:
        return {"namespaceSelector": {"matchLabels": {TENANT_LABEL: peer.tenant}}}
    selector = {"matchLabels": {NAMESPACE_LABEL: str(peer.namespace)}}
    # A selector for pods is never empty: beside another for namespaces, weave-npc mixes up the sets
    # of "all pods there" in its two forms, and one of them stays open or closed for ever.
    if not peer.labels:
        return {"namespaceSelector": selector}
    return {
        "namespaceSelector": selector,
        "podSelector": {"matchLabels": dict(sorted(peer.labels))},
    }


def _render_block(block: IPv4Network, excepts: tuple[IPv4Network, ...]) -> Fields:
    cut = {"except": [str(part) for part in sorted(set(excepts))]} if excepts else {}
    return {"ipBlock": {"cidr": str(block), **cut}}
