"""A network, and every network that one changed line makes of it: one dropped, one widened."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any, NamedTuple

from msgspec.structs import fields, replace

from plan.model import Plan
from plan.ruleset import (
    Action,
    ClampMss,
    Match,
    Rule,
    TranslateDestination,
    TranslateSource,
)
from render.manifest import NETWORK_POLICY, Json, Manifest, as_fields, as_items
from tests.reach.evaluated import with_rules

Manifests = tuple[Manifest, ...]
# A fact about a packet that does not narrow a rule by itself.
NOT_NARROWING = ("family", "ports", "icmpv6_types")


class Mutation(NamedTuple):
    """One changed line, in words that find it, and the network with it."""

    name: str
    plan: Plan
    manifests: Manifests


def mutate_rules(plan: Plan, manifests: Manifests) -> Iterator[Mutation]:
    """Every rule and every line of NAT of every device, dropped, and widened in each respect.

    A segment size that is clamped permits and forbids nothing, so these lines are left out.
    """
    chains = ((device, chain) for device in plan.devices for chain in device.ruleset.chains)
    for device, chain in chains:
        for index, rule in enumerate(chain.rules):
            place = f"{device.ref} {chain.chain} {index + 1} ({rule.comment})"
            for words, rules in _changed(rule):
                left = (*chain.rules[:index], *rules, *chain.rules[index + 1 :])
                changed = with_rules(plan, str(device.ref), chain.chain, left)
                yield Mutation(f"{place}: {words}", changed, manifests)


def _changed(rule: Rule) -> Iterator[tuple[str, tuple[Rule, ...]]]:
    if isinstance(rule.action, ClampMss):
        return
    yield "dropped", ()
    for words, match in _wider(rule.match):
        yield f"for {words}", (replace(rule, match=match),)
    for words, action in _other_targets(rule.action):
        yield f"translated to {words}", (replace(rule, action=action),)


def _wider(match: Match) -> Iterator[tuple[str, Match]]:
    nothing = Match()
    if match.ports:
        yield "every port", replace(match, ports=())
    for field in fields(Match):
        asked, anything = getattr(match, field.name), getattr(nothing, field.name)
        if asked == anything or field.name in NOT_NARROWING:
            continue
        changes: dict[str, Any] = {field.name: anything}
        if field.name == "protocol":
            changes["ports"] = ()
        yield f"any {field.name}", replace(match, **changes)


def _other_targets(action: Action) -> Iterator[tuple[str, Action]]:
    if isinstance(action, TranslateDestination | TranslateSource):
        yield "a neighbour", replace(action, to=_neighbour(action.to))
    if isinstance(action, TranslateDestination) and action.port is not None:
        yield "another port", replace(action, port=action.port + 1)


def _neighbour(network: IPv4Network) -> IPv4Network:
    return IPv4Network((int(network.network_address) ^ network.num_addresses, network.prefixlen))


# ---------------------------------------------------------------- policies


def mutate_policies(plan: Plan, manifests: Manifests) -> Iterator[Mutation]:
    """Every policy dropped, less isolating, and with each rule, peer and port lost or widened."""
    for place, manifest in enumerate(manifests):
        if manifest.type != NETWORK_POLICY:
            continue
        others = manifests[:place], manifests[place + 1 :]
        yield Mutation(f"{manifest.path}: dropped", plan, (*others[0], *others[1]))
        for words, spec in _changed_specs(dict(as_fields(manifest.content["spec"]))):
            changed = replace(manifest, content={**manifest.content, "spec": spec})
            yield Mutation(f"{manifest.path}: {words}", plan, (*others[0], changed, *others[1]))


Spec = dict[str, Json]


def _changed_specs(spec: Spec) -> Iterator[tuple[str, Spec]]:
    for kind in ("Ingress", "Egress"):
        yield f"without {kind}", {**spec, "policyTypes": [kind]}
        yield f"{kind} for everyone", {**spec, kind.lower(): [{}]}
    if spec["podSelector"]:
        yield "for every pod", {**spec, "podSelector": {}}
    for kind, side in (("ingress", "from"), ("egress", "to")):
        rules = list(as_items(spec.get(kind)))
        for index, rule in enumerate(rules):
            for words, changed in _changed_rules(dict(as_fields(rule)), side):
                left = [*rules[:index], *changed, *rules[index + 1 :]]
                yield f"{kind} rule {index + 1} {words}", {**spec, kind: left}


def _changed_rules(rule: Spec, side: str) -> Iterator[tuple[str, list[Json]]]:
    yield "dropped", []
    yield "for everyone", [{key: value for key, value in rule.items() if key != side}]
    if "ports" in rule:
        yield "on every port", [{side: rule[side]}]
    for key in (side, "ports"):
        items = list(as_items(rule.get(key)))
        for index, item in enumerate(items):
            if len(items) > 1:
                yield f"without {item}", [{**rule, key: [*items[:index], *items[index + 1 :]]}]
            for changed in _wider_items(dict(as_fields(item))):
                left = [*items[:index], changed, *items[index + 1 :]]
                yield f"with {changed}", [{**rule, key: left}]


def _wider_items(item: Spec) -> Iterator[Spec]:
    if "port" in item:
        yield {key: value for key, value in item.items() if key != "port"}
        yield {**item, "port": int(str(item["port"])) + 1}
    if "podSelector" in item:
        yield {key: value for key, value in item.items() if key != "podSelector"}
    if "namespaceSelector" in item:
        yield {**item, "namespaceSelector": {}}
    if "ipBlock" in item:
        block = as_fields(item["ipBlock"])
        network = IPv4Network(str(block["cidr"]))
        if network.prefixlen:
            yield {"ipBlock": {**block, "cidr": str(network.supernet(min(network.prefixlen, 8)))}}
        for cut in as_items(block.get("except")):
            left = [each for each in as_items(block["except"]) if each != cut]
            yield {"ipBlock": {"cidr": block["cidr"], **({"except": left} if left else {})}}
