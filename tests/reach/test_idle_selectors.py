"""A selector that selects nobody is named; one that may select somebody is not."""

import pytest

from reach.idle_selectors import Home, declared_homes, find_idle_selectors
from render.manifest import NAMESPACE_LABEL, NETWORK_POLICY, Json
from tests.reach.evaluated import STACKS, judge, manifests_of, plan_of
from tests.reach.policy_objects import policy

HOMES = {
    "a": Home(((NAMESPACE_LABEL, "a"), ("team", "red")), [(("app", "web"),)]),
    "b": Home(((NAMESPACE_LABEL, "b"),), []),
    "system": Home(((NAMESPACE_LABEL, "system"),), None),
}
WEB: Json = {"matchLabels": {"app": "web"}}
WEBB: Json = {"matchLabels": {"app": "webb"}}


def by_name(name: str) -> Json:
    return {"matchLabels": {NAMESPACE_LABEL: name}}


def found(pods: Json, *peers: Json) -> list[str]:
    spec: dict[str, Json] = {"podSelector": pods, "ingress": [{"from": list(peers)}]}
    return [problem.found for problem in find_idle_selectors([policy(spec)], HOMES)]


@pytest.mark.parametrize(
    ("pods", "peer", "words"),
    [
        pytest.param(WEBB, {"podSelector": {}}, "pods app=webb", id="a misspelt workload"),
        pytest.param({}, {"podSelector": WEBB}, "to pods app=webb", id="a misspelt neighbour"),
        pytest.param(
            {}, {"namespaceSelector": by_name("aa")}, "metadata.name=aa", id="no such namespace"
        ),
        pytest.param(
            {},
            {"namespaceSelector": by_name("a"), "podSelector": WEBB},
            "pods app=webb of namespaces",
            id="no such pods there",
        ),
        pytest.param(
            {},
            {"namespaceSelector": by_name("b"), "podSelector": WEB},
            "pods app=web of namespaces",
            id="such pods are elsewhere",
        ),
    ],
)
def test_a_selector_that_selects_nobody_is_named(pods: Json, peer: Json, words: str) -> None:
    (text,) = found(pods, peer)

    assert words in text


@pytest.mark.parametrize(
    ("pods", "peer"),
    [
        pytest.param(WEB, {"podSelector": WEB}, id="a workload"),
        pytest.param({}, {"podSelector": {}}, id="everyone"),
        pytest.param({}, {"namespaceSelector": by_name("b")}, id="an empty namespace"),
        pytest.param(
            {}, {"namespaceSelector": by_name("system"), "podSelector": WEBB}, id="the system's"
        ),
        pytest.param({}, {"ipBlock": {"cidr": "192.0.2.0/24"}}, id="addresses"),
    ],
)
def test_a_selector_that_may_select_somebody_is_not(pods: Json, peer: Json) -> None:
    assert not found(pods, peer)


@pytest.mark.parametrize("stack", STACKS)
def test_every_selector_of_a_stack_selects_declared_pods(stack: str) -> None:
    _, problems = judge(plan_of(stack), manifests_of(stack))
    policies = [each for each in manifests_of(stack) if each.type == NETWORK_POLICY]

    assert not [problem for problem in problems if problem.code == "E-NPC-17"]
    assert {each.namespace for each in policies} <= declared_homes(plan_of(stack).network).keys()
