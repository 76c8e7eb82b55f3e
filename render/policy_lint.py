"""NetworkPolicy objects of ours -> where they leave the few forms that are known to hold.

Narrower than what weave-npc gets wrong, which is in `render/policy_forms.py`: one form for each
meaning, closed namespaces, and nothing that somebody else can change from outside.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from render.manifest import (
    NAMESPACE_LABEL,
    NETWORK_POLICY,
    TENANT_LABEL,
    Fields,
    Json,
    Manifest,
    as_fields,
    as_items,
    as_texts,
)
from render.policy_forms import lint_forms
from render.weave import SYSTEM_NAMESPACE
from terms.problem import Problem

_DIRECTIONS = (("ingress", "from"), ("egress", "to"))
_DNS_PORTS = frozenset({("UDP", 53), ("TCP", 53)})


def lint_policies(
    manifests: Iterable[Manifest], ranges: tuple[IPv4Network, ...]
) -> Iterator[Problem]:
    """Problems of single policies, and of the policies of a namespace together.

    `ranges` are the pod and the service range.
    """
    policies = [manifest for manifest in manifests if manifest.type == NETWORK_POLICY]
    yield from lint_forms(policies, ranges)
    for policy in policies:
        yield from _judge_types(policy)
        for direction, peers in _DIRECTIONS:
            for rule in as_items(policy.at("spec", direction)):
                yield from _judge_rule(policy, as_fields(rule), peers)
    for namespace in sorted({policy.namespace or "" for policy in policies}):
        yield from _judge_namespace(
            namespace, [policy for policy in policies if policy.namespace == namespace]
        )


def _problem(code: str, policy: Manifest, words: tuple[str, str, str]) -> Problem:
    found, consequence, fix = words
    return Problem(code, policy.path, found, consequence, fix)


def _judge_types(policy: Manifest) -> Iterator[Problem]:
    if sorted(as_texts(policy.at("spec", "policyTypes"))) != ["Egress", "Ingress"]:
        yield _problem(
            "E-NPC-01",
            policy,
            (
                "the policy types are not both ingress and egress",
                "a type added later is not enforced until weave-npc restarts",
                "write both; an empty list of rules closes a direction",
            ),
        )


def _judge_rule(policy: Manifest, rule: Fields, direction: str) -> Iterator[Problem]:
    peers = as_items(rule.get(direction))
    if not peers:
        yield _problem(
            "E-NPC-02",
            policy,
            (
                "a rule without peers",
                "it is open to everyone, inside and outside of the cluster",
                "name the peers; for the internet, 0.0.0.0/0 without the private ranges",
            ),
        )
    for peer in peers:
        yield from _judge_peer(policy, as_fields(peer))
    for port in as_items(rule.get("ports")):
        yield from _judge_port(policy, as_fields(port))


def _judge_port(policy: Manifest, port: Fields) -> Iterator[Problem]:
    if not port.get("protocol"):
        words = (
            "the protocol is not written",
            "it is TCP, whatever the reader thinks",
            "write TCP or UDP",
        )
        yield _problem("E-NPC-05", policy, words)


def _judge_peer(policy: Manifest, peer: Fields) -> Iterator[Problem]:
    if "ipBlock" in peer:
        return
    if "namespaceSelector" not in peer:
        words = (
            "a peer without a namespace",
            "weave-npc takes it for the policy's own pods: changed later, they may stay isolated",
            f"select the policy's own namespace by {NAMESPACE_LABEL}",
        )
        yield _problem("E-NPC-06", policy, words)
        return
    yield from _judge_selectors(policy, peer)


def _judge_selectors(policy: Manifest, peer: Fields) -> Iterator[Problem]:
    namespaces = as_fields(peer["namespaceSelector"])
    labels = as_fields(namespaces.get("matchLabels"))
    if not labels:
        words = (
            "a selector for every namespace",
            "every tenant and the system are let in",
            f"select a tenant by {TENANT_LABEL}, or a namespace by {NAMESPACE_LABEL}",
        )
        yield _problem("E-NPC-07", policy, words)
    elif "matchExpressions" in namespaces or not _is_one_of_ours(labels):
        words = (
            f"namespaces are selected by {', '.join(sorted(labels))}",
            "a label that someone else writes, or changes, decides who is let in",
            f"use {TENANT_LABEL} or {NAMESPACE_LABEL}, one of them alone",
        )
        yield _problem("E-NPC-08", policy, words)
    if "podSelector" not in peer:
        return
    if not as_fields(peer["podSelector"]):
        words = (
            "an empty podSelector beside a namespaceSelector",
            "weave-npc mixes it up with the namespace alone: pods stay open, or closed for ever",
            "leave podSelector out to mean the whole namespace",
        )
        yield _problem("E-NPC-09", policy, words)


def _is_one_of_ours(labels: Fields) -> bool:
    return set(labels) in ({TENANT_LABEL}, {NAMESPACE_LABEL})


def _judge_namespace(namespace: str, policies: list[Manifest]) -> Iterator[Problem]:
    if not any(_closes_everything(policy) for policy in policies):
        words = (
            f"no policy closes namespace {namespace} in both directions",
            "pods that no other policy selects are open to everyone",
            "add a policy with an empty podSelector and no rules",
        )
        yield _problem("E-NPC-14", policies[0], words)
    if not any(_opens_dns(policy) for policy in policies):
        words = (
            f"no policy lets the pods of {namespace} ask for names",
            "whatever they connect to by name fails, and it looks like a broken network",
            f"open udp/53 and tcp/53 towards {SYSTEM_NAMESPACE}",
        )
        yield _problem("E-NPC-15", policies[0], words)


def _closes_everything(policy: Manifest) -> bool:
    spec = as_fields(policy.at("spec"))
    return not any(spec.get(key) for key in ("podSelector", "ingress", "egress"))


def _opens_dns(policy: Manifest) -> bool:
    if policy.at("spec", "podSelector"):
        return False
    rules = [as_fields(rule) for rule in as_items(policy.at("spec", "egress"))]
    return any(_reaches_system(rule) and _opens_name_ports(rule) for rule in rules)


def _reaches_system(rule: Fields) -> bool:
    return any(
        as_fields(_within(peer, "namespaceSelector", "matchLabels")).get(NAMESPACE_LABEL)
        == SYSTEM_NAMESPACE
        for peer in as_items(rule.get("to"))
    )


def _opens_name_ports(rule: Fields) -> bool:
    ports = [as_fields(port) for port in as_items(rule.get("ports"))]
    return not ports or {(port.get("protocol"), port.get("port")) for port in ports} >= _DNS_PORTS


def _within(value: Json, *keys: str) -> Json:
    for key in keys:
        value = as_fields(value).get(key)
    return value
