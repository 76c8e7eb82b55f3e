"""Planned policies -> NetworkPolicy objects, in the forms alone that weave-npc enforces."""

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
from terms.values import Ports, Protocol


class InexpressiblePortsError(Exception):
    """Ports that no NetworkPolicy in Weave Net has a form for; it carries them and their flow."""

    def __init__(self, flow: str, ports: Ports) -> None:
        super().__init__(f"flow {flow}: {ports} has no form in a network policy")
        self.flow = flow
        self.ports = ports


def render_policy(tenant: str, plan: PolicyPlan) -> Manifest:
    """One NetworkPolicy; raises InexpressiblePortsError, to which no checked plan leads."""
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


def _render_rule(direction: str, rule: PolicyRule) -> Fields:
    peers = sorted((_render_peer(peer) for peer in rule.peers), key=repr)
    ports = _render_ports(rule)
    return {direction: peers, "ports": ports} if ports else {direction: peers}


def _render_ports(rule: PolicyRule) -> list[Json]:
    """The ports one by one; none at all where every protocol is open."""
    if any(entry.protocol is Protocol.ANY for entry in rule.ports):
        return []
    return [_render_port(rule, entry) for entry in sorted(set(rule.ports))]


def _render_port(rule: PolicyRule, ports: Ports) -> Fields:
    """A single port, or a whole protocol: weave-npc ignores the end of a range."""
    if ports.protocol is Protocol.ICMP or not (ports.single or ports.every_port):
        raise InexpressiblePortsError(rule.flow, ports)
    protocol = {"protocol": ports.protocol.upper()}
    return protocol if ports.every_port else {**protocol, "port": ports.first}


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
