"""What stands in every chain beside the flows, and in which order."""

import pytest

from plan.build import build_plan
from plan.model import Plan
from plan.ruleset import Accept, Chain, Drop, Family, Rule, State
from terms.values import DeviceRef
from tests.plan.examples import pair, read
from tests.plan.networks import Raw
from tests.plan.towns import clustered
from tests.plan.wording import plan_with

# Answers, loopback and IPv6: what stands before the first flow.
PREAMBLE = 5


def _chain(plan: Plan, device: str, name: Chain) -> tuple[Rule, ...]:
    found = plan.device(DeviceRef.parse(device))
    chain = found.ruleset.chain(name) if found else None
    return chain.rules if chain else ()


@pytest.mark.parametrize("device", ["home/gateway", "home/one", "barn/pi", "barn/beside"])
def test_input_begins_with_answers_and_drops_what_no_rule_names(device: str) -> None:
    plan = plan_with(clustered())
    found = plan.device(DeviceRef.parse(device))
    chain = found.ruleset.chain(Chain.INPUT) if found else None

    assert chain is not None
    assert not chain.accepts_rest
    assert chain.rules[0].match.states == (State.ESTABLISHED, State.RELATED)


def test_management_stands_before_every_other_flow() -> None:
    rules = _chain(plan_with(clustered()), "home/gateway", Chain.INPUT)

    assert rules[PREAMBLE].comment == "management/home/gateway"


@pytest.mark.parametrize("chain", [Chain.INPUT, Chain.FORWARD])
def test_ipv6_is_dropped_before_any_flow(chain: Chain) -> None:
    rules = _chain(plan_with(clustered()), "home/gateway", chain)
    drop = next(n for n, r in enumerate(rules) if r.match.family is Family.IPV6 and _drops(r))
    flows = [n for n, r in enumerate(rules) if "/" in r.comment]

    assert drop < min(flows)


def _drops(rule: Rule) -> bool:
    return isinstance(rule.action, Drop)


def test_a_node_lets_its_pods_reach_nothing_of_it_but_what_flows_say() -> None:
    last = _chain(plan_with(clustered()), "home/two", Chain.INPUT)[-1]

    assert last.match.input_interfaces == ("weave",)
    assert _drops(last)


def test_a_host_that_passes_nothing_on_has_no_forward_chain() -> None:
    plan = plan_with(clustered())

    assert not _chain(plan, "home/one", Chain.FORWARD)
    assert not _chain(plan, "barn/beside", Chain.FORWARD)


def test_packets_that_turn_back_on_one_segment_pass_before_strays_are_dropped() -> None:
    flow = {"from": "home.servers", "to": "home.lb", "name": "asked"}
    rules = _chain(plan_with(clustered(), flow), "home/gateway", Chain.FORWARD)
    strays = next(n for n, rule in enumerate(rules) if rule.match.states == (State.INVALID,))

    assert [rule.comment for rule in rules[:strays]].count("asked") == 3


def _gateway_is_a_node() -> Raw:
    described = clustered()
    sites = described["sites"]
    assert isinstance(sites, dict)
    sites["home"]["devices"]["gateway"]["arch"] = "amd64"
    return {
        **described,
        "cluster": {"name": "rave", "nodes": {"home/gateway": {"control_plane": True}}},
    }


def test_on_a_gateway_that_is_a_node_only_named_interfaces_are_closed() -> None:
    plan = build_plan(read({**_gateway_is_a_node(), "flows": []}))
    found = plan.device(DeviceRef("home", "gateway"))
    chain = found.ruleset.chain(Chain.FORWARD) if found else None

    assert chain is not None
    assert chain.accepts_rest
    assert next(rule.match.input_interfaces for rule in chain.rules) == ("weave",)
    assert chain.rules[-2].match.input_interfaces == ("wg-mesh", "wg-family", "wan0")
    assert chain.rules[-1].match.output_interfaces == ("wg-mesh", "wg-family", "wan0")


def test_tunnels_clamp_tcp() -> None:
    plan = plan_with(pair())

    assert len(_chain(plan, "barn/pi", Chain.MSS)) == 2
    assert not _chain(plan, "barn/beside", Chain.MSS)


def test_rules_of_one_flow_that_differ_in_one_respect_become_one() -> None:
    flow = {"from": "vpn.family", "to": "cluster", "ports": ["tcp/22"], "name": "asked"}
    rules = _chain(plan_with(clustered(), flow), "home/gateway", Chain.FORWARD)
    asked = [rule for rule in rules if rule.comment == "asked"]

    assert [len(rule.match.destinations) for rule in asked] == [2]
    assert isinstance(asked[0].action, Accept)
