"""Rules and policies in words, so that a table of expectations reads as one sentence a line."""

from collections.abc import Iterable, Mapping

from plan.build import build_plan
from plan.model import Plan, PolicyPeer, PolicyRule
from plan.ruleset import Accept, Chain, Match
from terms.values import DeviceRef, Protocol
from tests.plan.examples import read
from tests.plan.networks import Raw

FILTERS = (Chain.INPUT, Chain.FORWARD)


def plan_with(description: Raw, *flows: Mapping[str, object]) -> Plan:
    """Plan a described network with these flows, each with a reason."""
    reasoned = [{"why": "a test asks for it", **flow} for flow in flows]
    return build_plan(read({**description, "flows": reasoned}))


def accepted_for(plan: Plan, flow: str) -> list[str]:
    """What every device lets through for a flow: `device: entrance > exit: from -> to ports`."""
    return [
        f"{device.ref}: {say_match(rule.match)}"
        for device in plan.devices
        for chain, rule in device.ruleset.rules()
        if chain in FILTERS and rule.comment == flow and isinstance(rule.action, Accept)
    ]


def accepted_at(plan: Plan, device: str, chain: Chain) -> set[str]:
    """The comments of all accept rules of a device's chain."""
    found = plan.device(DeviceRef.parse(device))
    rules = found.ruleset.chain(chain) if found else None
    return (
        {rule.comment for rule in rules.rules if isinstance(rule.action, Accept)}
        if rules
        else set()
    )


def say_match(match: Match) -> str:
    """Write what a rule asks for, leaving out what it does not ask."""
    way = " > ".join((*match.input_interfaces[:1], *match.output_interfaces[:1])) or "anywhere"
    source = _join(match.sources) or ("internet" if match.not_sources else "any")
    target = _join(match.destinations) or ("internet" if match.not_destinations else "here")
    ports = _join(match.ports) or match.protocol.value
    was = f" was {_join(match.original_destinations)}" if match.original_destinations else ""
    public = f" public {match.original_port}" if match.original_port else ""
    whole = "" if match.protocol is Protocol.ANY and not match.ports else f" {ports}"
    return f"{way}: {source} -> {target}{whole}{was}{public}"


def say_policies(plan: Plan, tenant: str) -> list[str]:
    """Every policy rule of a tenant: `namespace/policy [pods] to|from peers ports`."""
    policies = next(found.policies for found in plan.tenants if found.name == tenant)
    return [
        f"{policy.namespace}/{policy.name}{_labels(policy.labels)} {word} {_say_rule(rule)}"
        for policy in policies
        for word, rules in (("from", policy.ingress), ("to", policy.egress))
        for rule in rules
    ]


def _say_rule(rule: PolicyRule) -> str:
    ports = _join(rule.ports) or "everything"
    return f"{', '.join(map(_say_peer, rule.peers))}: {ports}"


def _say_peer(peer: PolicyPeer) -> str:
    if peer.tenant:
        return f"tenant {peer.tenant}"
    if peer.namespace:
        return f"{peer.namespace}{_labels(peer.labels)}"
    return "internet" if peer.excepts else str(peer.block)


def _labels(labels: tuple[tuple[str, str], ...]) -> str:
    return f"[{','.join(f'{key}={value}' for key, value in labels)}]" if labels else ""


def _join(values: Iterable[object]) -> str:
    return ",".join(map(str, values))
