"""Policies that anybody wrote: what the real weave-npc did wrong with them is named, nothing else.

The lists hold the policies in few words; a case is everything that was seen to deviate, and beside
it what was seen to be enforced as it is written.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Any

import pytest

from reach.cluster_objects import read_manifest
from render.manifest import Json, Manifest
from render.policy_forms import lint_forms

Raw = dict[str, Any]
RANGES = (IPv4Network("10.244.0.0/16"), IPv4Network("10.96.0.0/12"))

X: Raw = {"matchLabels": {"team": "red"}}
X_IN: Raw = {"matchExpressions": [{"key": "team", "operator": "In", "values": ["red"]}]}
WEB: Raw = {"matchLabels": {"app": "web"}}
MEDIA: Raw = {"matchLabels": {"kubernetes.io/metadata.name": "media"}}


def spaces(selector: Raw) -> Raw:
    return {"namespaceSelector": selector}


def pods(selector: Raw) -> Raw:
    return {"podSelector": selector}


def both(namespaces: Raw, selector: Raw) -> Raw:
    return {**spaces(namespaces), **pods(selector)}


def block(cidr: str, *cuts: str) -> Raw:
    return {"ipBlock": {"cidr": cidr, **({"except": list(cuts)} if cuts else {})}}


def port(number: Json = None, **more: Json) -> Raw:
    return {"ports": [{"protocol": "TCP", **({} if number is None else {"port": number}), **more}]}


def policies(*rules: Raw, namespaces: Sequence[str] = "abcdefgh") -> list[Manifest]:
    """A policy for each rule, each in a namespace of its own."""
    return [
        read_manifest(
            {
                "metadata": {"name": f"p{number}", "namespace": space},
                "spec": {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [rule]},
            }
        )
        for number, (rule, space) in enumerate(zip(rules, namespaces, strict=False))
    ]


def opened(*peers: Raw) -> list[Manifest]:
    return policies(*({"from": [peer]} for peer in peers))


@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param("E-NPC-03", policies(port("http")), id="a named port: stays open"),
        pytest.param("E-NPC-04", policies(port(80, endPort=82)), id="endPort: the first port only"),
        pytest.param("E-NPC-05", policies(port(80, protocol="SCTP")), id="SCTP: not tested"),
        pytest.param("E-NPC-10", opened(both(X, WEB)), id="relabelled namespaces, with pods"),
        pytest.param("E-NPC-10", opened(both(X_IN, WEB)), id="the same by an expression"),
        pytest.param("E-NPC-11", opened(block("2001:db8::/32")), id="IPv6: closed until restart"),
        pytest.param(
            "E-NPC-11", opened(block("2001:db8::/32", "2001:db8:1::/48")), id="IPv6 with exceptions"
        ),
        pytest.param("E-NPC-12", opened(block("0.0.0.0/0", "0.0.0.0/0")), id="except everything"),
        pytest.param("E-NPC-12", opened(block("010.1.0.0/16")), id="no range"),
        pytest.param("E-NPC-13", opened(block("10.244.7.0/24")), id="a block matches pods"),
        pytest.param("E-NPC-13", opened(block("10.100.0.10/32")), id="a block for a service"),
        pytest.param("E-NPC-13", opened(block("0.0.0.0/0")), id="everything, pods too"),
        pytest.param("E-NPC-16", opened(spaces(X), both(X, {})), id="X alone and X with every pod"),
        pytest.param(
            "E-NPC-16",
            policies({"from": [spaces(MEDIA), both(MEDIA, {})]}),
            id="both in one policy",
        ),
        pytest.param(
            "E-NPC-16", opened(spaces({}), both({}, {})), id="the same with every namespace"
        ),
        pytest.param(
            "E-NPC-16", opened(both({}, WEB), spaces(WEB)), id="X as pods of all, and as namespaces"
        ),
        pytest.param(
            "E-NPC-16", opened(both({}, WEB), both(WEB, {})), id="X as pods of all, all pods of X"
        ),
        pytest.param(
            "E-NPC-16",
            opened(
                both(
                    {"matchLabels": {"kubernetes.io/metadata.name": "paul"}},
                    {"matchLabels": {"xapp": "1"}},
                ),
                both(
                    {"matchLabels": {"kubernetes.io/metadata.name": "paulx"}},
                    {"matchLabels": {"app": "1"}},
                ),
            ),
            id="two selectors that read alike where they meet",
        ),
    ],
)
def test_what_weave_npc_does_otherwise_is_named(code: str, found: list[Manifest]) -> None:
    problems = lint_forms(found, RANGES)

    assert {problem.code for problem in problems} == {code}


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(policies(), id="no policy"),
        pytest.param(policies({}), id="everything"),
        pytest.param(opened(pods({})), id="the same namespace"),
        pytest.param(opened(spaces(X)), id="namespaces by a label follow it"),
        pytest.param(opened(both(MEDIA, WEB)), id="pods of a namespace by its name"),
        pytest.param(opened(both(MEDIA, {})), id="every pod of a namespace, in one form"),
        pytest.param(opened(both(MEDIA, {}), both(MEDIA, {})), id="the same form twice"),
        pytest.param(
            policies({"from": [spaces(MEDIA), pods(WEB)]}), id="two peers are alternatives"
        ),
        pytest.param(opened(both(X_IN, {}), spaces(X)), id="two forms, one as an expression"),
        pytest.param(opened(block("192.0.2.0/24", "192.0.2.128/25")), id="a block with a hole"),
        pytest.param(
            opened(block("0.0.0.0/0", "10.0.0.0/8"), block("192.0.0.0/8")), id="blocks outside"
        ),
        pytest.param(policies(port(80)), id="one port"),
        pytest.param(policies(port(53, protocol="UDP")), id="a port of UDP"),
        pytest.param(policies(port()), id="a whole protocol"),
    ],
)
def test_what_weave_npc_enforces_as_it_is_written_is_not(found: list[Manifest]) -> None:
    assert not lint_forms(found, RANGES)


def test_policies_that_share_a_set_are_both_named() -> None:
    (problem,) = lint_forms(opened(spaces(MEDIA), both(MEDIA, {})), RANGES)

    assert problem.path == "kubernetes/NetworkPolicy/b/p1"
    assert "kubernetes/NetworkPolicy/a/p0" in problem.found
    assert "stays" not in problem.found
    assert "stay open" in problem.consequence


def test_a_set_of_the_same_type_is_shared_in_silence() -> None:
    (problem,) = lint_forms(opened(both({}, WEB), both(WEB, {})), RANGES)

    assert "one set for both" in problem.consequence


def test_a_mistake_that_a_policy_makes_often_is_named_once() -> None:
    found = policies({"ports": [*port("http")["ports"], *port("http")["ports"]]})

    assert len(lint_forms(found, RANGES)) == 1


def test_the_order_of_policies_does_not_matter() -> None:
    found = opened(spaces(MEDIA), both(MEDIA, {}), both({}, WEB), spaces(WEB))

    assert lint_forms(found, RANGES) == lint_forms(list(reversed(found)), RANGES)


def test_a_namespace_that_is_called_like_a_set_of_weave_npc_is_found() -> None:
    selecting = {"matchExpressions": [{"key": "shop", "operator": "Exists"}]}
    found = policies({"from": [pods(selecting)]}, {}, namespaces=["ingress-default-allow", "shop"])

    (problem,) = lint_forms(found, RANGES)

    assert problem.code == "E-NPC-16"
