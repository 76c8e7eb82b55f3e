"""Each mistake of the real network, made again in its description: it is refused, or shown."""

import copy
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from config.load import load_network
from plan.build import build_plan
from plan.model import Plan
from plan.problems import find_plan_problems
from plan.ruleset import Accept, Chain, Match, Rule
from reach.live import compare_live
from render.manifest import NETWORK_POLICY, Manifest, as_fields
from terms.problem import DescriptionError
from tests.golden import REPOSITORY
from tests.reach.evaluated import judge, manifests_of, plan_of, rules_of, with_rules

Description = dict[str, Any]


@cache
def written() -> Description:
    text = (REPOSITORY / "Pulumi.prod.yaml").read_text(encoding="utf-8")
    return {
        key.removeprefix("la1r:"): value
        for key, value in yaml.safe_load(text)["config"].items()
        if key.startswith("la1r:")
    }


def codes(change: Callable[[Description], object]) -> set[str]:
    """The codes of all problems after a change of the description."""
    description = copy.deepcopy(written())
    change(description)
    try:
        network = load_network(description)
    except DescriptionError as error:
        return {problem.code for problem in error.problems}
    return {problem.code for problem in find_plan_problems(build_plan(network))}


def test_the_description_itself_has_none_of_them() -> None:
    assert not codes(dict)


def test_one_address_for_two_services_is_refused() -> None:
    def change(description: Description) -> None:
        services = description["tenants"]["la1r"]["services"]
        services["traefik"]["address"] = services["dns"]["address"]

    assert codes(change) == {"E-SVC-03"}


def test_one_range_at_two_sites_is_refused_without_an_alias() -> None:
    def change(description: Description) -> None:
        home, external = description["sites"]["home"], description["sites"]["external"]
        external["prefixes"]["lan"].pop("alias")
        external["prefixes"]["lan"]["cidr"] = home["prefixes"]["users"]["cidr"]

    assert "E-PFX-05" in codes(change)


@pytest.mark.parametrize(
    "pods",
    [
        pytest.param("192.168.0.0/16", id="the sites"),
        pytest.param("10.96.0.0/16", id="the services"),
        pytest.param("10.8.0.0/16", id="the VPN"),
    ],
)
def test_a_pod_range_that_overlaps_others_is_refused(pods: str) -> None:
    found = codes(lambda description: description["cluster"].update(pods=pods))

    assert any(code.startswith("E-PFX") for code in found), found


def test_an_mtu_that_would_drop_to_sleeve_is_refused() -> None:
    """1376 is Weave Net's default; a WireGuard link of 1420 leaves 1368."""

    def change(description: Description) -> None:
        external = description["sites"]["external"]["devices"]["raspi3"]
        external["arch"] = "arm64"
        description["cluster"]["nodes"]["external/raspi3"] = {}
        description["cluster"]["weave"] = {"mtu": 1376}

    assert "E-PLN-07" in codes(change)


def test_legacy_iptables_with_a_release_that_has_it_no_more_is_refused() -> None:
    weave = {"iptables_backend": "legacy", "version": "2.9.0"}

    assert codes(lambda description: description["cluster"].update(weave=weave)) == {"E-WEA-01"}


# ---------------------------------------------------------------- policies and tenants


def reach_codes(plan: Plan, manifests: tuple[Manifest, ...]) -> set[str]:
    return {problem.code for problem in judge(plan, manifests)[1]}


def with_policies_of(
    guest: str, change: Callable[[Manifest], Manifest | None]
) -> tuple[Manifest, ...]:
    """The manifests, with the policies of one namespace changed, or left out."""
    changed = (
        change(each) if each.type == NETWORK_POLICY and each.namespace == guest else each
        for each in manifests_of("prod")
    )
    return tuple(each for each in changed if each is not None)


def not_working_yet(policy: Manifest) -> None:
    """Nobody applies it."""


def without_egress(policy: Manifest) -> Manifest:
    spec = {**as_fields(policy.content["spec"]), "policyTypes": ["Ingress"]}
    return replace(policy, content={**policy.content, "spec": spec})


@pytest.mark.parametrize("guest", ["paul", "facefan", "plusone"])
@pytest.mark.parametrize("unfinished", [not_working_yet, without_egress])
def test_an_unfinished_policy_is_noticed(
    guest: str, unfinished: Callable[[Manifest], Manifest | None]
) -> None:
    """The guests' policies said of themselves that they did not work yet."""
    found = reach_codes(plan_of("prod"), with_policies_of(guest, unfinished))

    assert "E-RCH-02" in found


@pytest.mark.parametrize(
    ("source", "target"), [("wg-shared", "wg-private"), ("wg-shared", "wg-shared")]
)
def test_tenants_that_are_not_separated_on_the_vpn_are_noticed(source: str, target: str) -> None:
    """Its VPN let clients talk to each other, whoever they were."""
    plan, place = plan_of("prod"), ("home/wireless-router", Chain.FORWARD)
    match = Match(input_interfaces=(source,), output_interfaces=(target,))
    rules = (*rules_of(plan, *place), Rule(match, Accept(), "clients talk to each other"))

    assert "E-RCH-02" in reach_codes(with_rules(plan, *place, rules), manifests_of("prod"))


@pytest.mark.parametrize(
    "left",
    [
        pytest.param(
            {
                "kind": "DaemonSet",
                "metadata": {"namespace": "kube-flannel", "name": "kube-flannel-ds"},
            },
            id="its daemon",
        ),
        pytest.param(
            {
                "kind": "Node",
                "metadata": {
                    "name": "frodo",
                    "annotations": {"flannel.alpha.coreos.com/backend-type": "vxlan"},
                },
            },
            id="its notes on a node",
        ),
    ],
)
def test_what_flannel_left_is_shown(left: Description) -> None:
    found = compare_live(plan_of("prod"), manifests_of("prod"), [left])

    assert [problem.code for problem in found.problems] == ["E-K8S-18"]


def test_a_network_without_leftovers_shows_none() -> None:
    weave: Description = {
        "kind": "DaemonSet",
        "metadata": {"namespace": "kube-system", "name": "weave-net"},
    }
    node: Description = {"kind": "Node", "metadata": {"name": "frodo", "annotations": {"a": "b"}}}

    assert not compare_live(plan_of("prod"), manifests_of("prod"), [weave, node]).problems
