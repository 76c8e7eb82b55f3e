"""NetworkPolicies of anybody -> what in them weave-npc enforces wrongly, or not at all.

Each was seen on the real weave-npc 2.9.0, on packets: some of these legal forms fail open, some
leave pods closed until it restarts.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from render.manifest import (
    NAMESPACE_LABEL,
    NETWORK_POLICY,
    Fields,
    Manifest,
    as_fields,
    as_items,
    as_texts,
)
from render.policy_sets import find_shared_sets
from terms.problem import Problem

_SIDES = (("ingress", "from"), ("egress", "to"))
_EVERYWHERE = IPv4Network("0.0.0.0/0")

Words = tuple[str, str, str, str]
Ranges = tuple[IPv4Network, ...]


def lint_forms(manifests: Iterable[Manifest], ranges: Ranges) -> tuple[Problem, ...]:
    """Every form that weave-npc does not hold to, in policies by whomever, sorted by path.

    `ranges` are the pod and the service range. All policies of a cluster have to be given at once,
    since two that are sound by themselves may not stand beside each other.
    """
    policies = [manifest for manifest in manifests if manifest.type == NETWORK_POLICY]
    found = [
        *find_shared_sets(policies),
        *(
            Problem(code, policy.path, found, so, fix)
            for policy in policies
            for code, found, so, fix in dict.fromkeys(_judge(policy, ranges))
        ),
    ]
    return tuple(sorted(found, key=lambda problem: problem.order))


def _judge(policy: Manifest, ranges: Ranges) -> Iterator[Words]:
    for direction, side in _SIDES:
        for rule in map(as_fields, as_items(policy.at("spec", direction))):
            for peer in map(as_fields, as_items(rule.get(side))):
                yield from _judge_peer(peer, ranges)
            for port in map(as_fields, as_items(rule.get("ports"))):
                yield from _judge_port(port)


def _judge_port(port: Fields) -> Iterator[Words]:
    if isinstance(number := port.get("port"), str):
        yield (
            "E-NPC-03",
            f"the port is called '{number}'",
            "weave-npc drops the whole policy, and the pods stay open",
            "write the number that the pod listens on, and make the policy anew",
        )
    if port.get("endPort") is not None:
        yield (
            "E-NPC-04",
            f"a range of ports up to {port['endPort']}",
            "weave-npc opens the first port alone and says nothing",
            "write every port by itself",
        )
    if port.get("protocol") == "SCTP":
        yield (
            "E-NPC-05",
            "the protocol is SCTP",
            "nobody has tested it in weave-npc",
            "write TCP or UDP",
        )


def _judge_peer(peer: Fields, ranges: Ranges) -> Iterator[Words]:
    if "ipBlock" in peer:
        yield from _judge_block(as_fields(peer["ipBlock"]), ranges)
    spaces = peer.get("namespaceSelector")
    if spaces is not None and peer.get("podSelector") and not _is_lasting(as_fields(spaces)):
        yield (
            "E-NPC-10",
            "pods are selected together with a label that a namespace can get or lose",
            "weave-npc does not notice when it does: pods keep what they had before",
            f"select the namespace by {NAMESPACE_LABEL}",
        )


def _is_lasting(spaces: Fields) -> bool:
    """Whether it selects the same namespaces for ever: all of them, or some by name."""
    expressions = map(as_fields, as_items(spaces.get("matchExpressions")))
    keys = {*as_fields(spaces.get("matchLabels")), *(str(each.get("key")) for each in expressions)}
    return keys <= {NAMESPACE_LABEL}


def _judge_block(block: Fields, ranges: Ranges) -> Iterator[Words]:
    try:
        # The API server takes bits beyond the length.
        whole = ip_network(str(block.get("cidr")), strict=False)
        cuts = [ip_network(text, strict=False) for text in as_texts(block.get("except"))]
    except ValueError:
        yield (
            "E-NPC-12",
            f"{block.get('cidr')} is no range that can be read",
            "nobody can say whom it lets in",
            "write it as 192.0.2.0/24",
        )
        return
    if any(isinstance(part, IPv6Network) for part in (whole, *cuts)):
        yield (
            "E-NPC-11",
            f"{whole} with an IPv6 range",
            "weave-npc loses the rest of the policy, and its pods stay closed until it restarts",
            "write IPv4 ranges alone",
        )
        return
    inside = [cut for cut in cuts if isinstance(cut, IPv4Network)]
    if isinstance(whole, IPv4Network):
        yield from _judge_cuts(whole, inside)
        yield from _judge_overlap(whole, inside, ranges)


def _judge_cuts(whole: IPv4Network, cuts: list[IPv4Network]) -> Iterator[Words]:
    for cut in cuts:
        if not cut.subnet_of(whole) or cut in (whole, _EVERYWHERE):
            yield (
                "E-NPC-12",
                f"{cut} is cut out of {whole}",
                "the API server refuses the policy, or weave-npc cannot make the set",
                f"cut out ranges that lie inside {whole} and are smaller",
            )


def _judge_overlap(whole: IPv4Network, cuts: list[IPv4Network], ranges: Ranges) -> Iterator[Words]:
    for taken in ranges:
        if whole.overlaps(taken) and not any(taken.subnet_of(cut) for cut in cuts):
            yield (
                "E-NPC-13",
                f"{whole} holds addresses of {taken}, the range of pods or of services",
                "it opens pods of every tenant, and never matches the address of a service",
                "select pods by labels, and cut that range out",
            )
