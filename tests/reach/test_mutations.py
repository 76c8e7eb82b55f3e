"""A rule or policy more or less than was planned never goes unnoticed."""

from collections.abc import Iterator
from ipaddress import IPv4Network

import pytest
from msgspec.structs import replace

from plan.model import Plan
from plan.ruleset import Accept, Chain, ClampMss, Drop, Masquerade, Match, Rule
from reach.model import Reach
from render.manifest import NETWORK_POLICY, Json, Manifest, as_fields, as_items
from terms.values import Ports, Protocol
from tests.plan.towns import clustered
from tests.reach.evaluated import (
    judge,
    manifests_of,
    plan_of,
    planned,
    rules_of,
    with_rules,
)

# Of the rules that serve a flow: the rest open what another rule opens anyway.
LEAST_NOTICED = {"dev": 20, "lab": 45, "town": 45}


def network(name: str) -> tuple[Plan, tuple[Manifest, ...]]:
    return planned(clustered()) if name == "town" else (plan_of(name), manifests_of(name))


def rules_for_flows(plan: Plan) -> Iterator[tuple[str, Chain, int]]:
    names = {flow.name for flow in plan.flows}
    chains = ((device, chain) for device in plan.devices for chain in device.ruleset.chains)
    for device, chain in chains:
        for index, rule in enumerate(chain.rules):
            if rule.comment in names and not isinstance(rule.action, Drop | ClampMss):
                yield str(device.ref), chain.chain, index


def open_ports(reach: Reach) -> dict[tuple[str, str], list[str]]:
    """What is open at everyone's own addresses; flows say who may dial public ones."""
    rows = reach.rows()
    return {(row["source"], row["target"]): row["ports"] for row in rows if row["ports"]}


def codes(plan: Plan, manifests: tuple[Manifest, ...]) -> set[str]:
    _, problems = judge(plan, manifests)
    return {problem.code for problem in problems}


@pytest.mark.slow
@pytest.mark.parametrize("name", LEAST_NOTICED)
def test_a_lost_rule_is_noticed_or_made_no_difference(name: str) -> None:
    plan, manifests = network(name)
    whole = open_ports(judge(plan, manifests)[0])
    noticed = 0
    for device, chain, index in rules_for_flows(plan):
        rules = rules_of(plan, device, chain)
        less = with_rules(plan, device, chain, (*rules[:index], *rules[index + 1 :]))
        reach, problems = judge(less, manifests)
        missing = [problem for problem in problems if problem.code == "E-RCH-01"]
        noticed += bool(missing)

        assert missing or open_ports(reach) == whole, f"{device} {chain} {index + 1}"
    assert noticed >= LEAST_NOTICED[name]


@pytest.mark.parametrize(
    ("device", "chain", "lost"),
    [
        pytest.param("home/gateway", Chain.FORWARD, "answers to what", id="answers, on a router"),
        pytest.param("home/server", Chain.INPUT, "web server is public", id="no such rule"),
        pytest.param("home/gateway", Chain.POSTROUTING, "own networks leave", id="hidden sources"),
        pytest.param("home/gateway", Chain.PREROUTING, "alias of home.lan", id="alias, inwards"),
        pytest.param("home/gateway", Chain.POSTROUTING, "as its alias", id="alias, outwards"),
        pytest.param("home/gateway", Chain.PREROUTING, "internet-to-home", id="a port forward"),
        pytest.param("home/gateway", Chain.INPUT, "wireguard/home", id="the way of the tunnels"),
    ],
)
def test_a_lost_fixed_rule_stops_flows(device: str, chain: Chain, lost: str) -> None:
    plan, manifests = network("lab")
    rules = rules_of(plan, device, chain)
    left = tuple(rule for rule in rules if lost not in rule.comment)

    expected = {"E-RCH-01"} if len(left) < len(rules) else set()

    assert codes(with_rules(plan, device, chain, left), manifests) & {"E-RCH-01"} == expected


TCP_23 = Match(protocol=Protocol.TCP, ports=(Ports.parse("tcp/23"),))


@pytest.mark.parametrize(
    ("device", "chain", "match"),
    [
        pytest.param("home/gateway", Chain.FORWARD, TCP_23, id="a port through a router"),
        pytest.param("home/gateway", Chain.INPUT, TCP_23, id="a port of a router"),
        pytest.param("home/server", Chain.INPUT, TCP_23, id="a port of a host"),
        pytest.param(
            "home/gateway",
            Chain.FORWARD,
            Match(input_interfaces=("wg-mesh",), output_interfaces=("lan0",)),
            id="everything out of a tunnel",
        ),
        pytest.param(
            "home/gateway",
            Chain.FORWARD,
            Match(input_interfaces=("wg-guests",), output_interfaces=("wg-family",)),
            id="one VPN to another",
        ),
        pytest.param(
            "home/gateway",
            Chain.FORWARD,
            Match(sources=(IPv4Network("10.8.4.0/24"),)),
            id="everything from a range",
        ),
    ],
)
def test_a_rule_that_no_flow_asked_for_is_noticed(device: str, chain: Chain, match: Match) -> None:
    plan, manifests = network("lab")
    more = (*rules_of(plan, device, chain), Rule(match, Accept(), "let it through"))

    _, problems = judge(with_rules(plan, device, chain, more), manifests)

    assert {problem.code for problem in problems} >= {"E-RCH-02"}
    assert "let it through" in next(p.found for p in problems if p.code == "E-RCH-02")


def test_a_vpn_behind_a_masquerade_is_noticed() -> None:
    plan, manifests = network("lab")
    rules = rules_of(plan, "home/gateway", Chain.POSTROUTING)
    hidden = Rule(Match(output_interfaces=("srv0",)), Masquerade(), "hide all")

    changed = with_rules(plan, "home/gateway", Chain.POSTROUTING, (hidden, *rules))

    assert codes(changed, manifests) == {"E-RCH-01"}


# ---------------------------------------------------------------- policies


def with_spec(manifest: Manifest, **changes: Json) -> Manifest:
    spec = {**as_fields(manifest.content["spec"]), **changes}
    return replace(manifest, content={**manifest.content, "spec": spec})


def less_policies(manifests: tuple[Manifest, ...]) -> Iterator[tuple[Manifest, ...]]:
    for place, manifest in enumerate(manifests):
        for side in ("ingress", "egress") if manifest.type == NETWORK_POLICY else ():
            rules = as_items(as_fields(manifest.content["spec"]).get(side))
            for index in range(len(rules)):
                left = [*rules[:index], *rules[index + 1 :]]
                yield (
                    *manifests[:place],
                    with_spec(manifest, **{side: left}),
                    *manifests[place + 1 :],
                )


def test_a_lost_rule_of_a_policy_is_noticed_or_made_no_difference() -> None:
    plan, manifests = network("town")
    whole = open_ports(judge(plan, manifests)[0])
    tried = 0
    for less in less_policies(manifests):
        tried += 1
        reach, problems = judge(plan, less)

        assert any(p.code == "E-RCH-01" for p in problems) or open_ports(reach) == whole
    assert tried > 10


@pytest.mark.parametrize(
    ("side", "rule"),
    [
        pytest.param("ingress", {}, id="everyone in"),
        pytest.param("egress", {}, id="everywhere out"),
        pytest.param(
            "ingress",
            {"from": [{"namespaceSelector": {"matchLabels": {"la1r.com/tenant": "family"}}}]},
            id="another tenant in; its own policies keep it from coming",
        ),
        pytest.param(
            "ingress",
            {"from": [{"ipBlock": {"cidr": "192.168.5.0/24"}}]},
            id="the nodes' neighbours",
        ),
    ],
)
def test_an_opening_that_no_flow_asked_for_is_noticed(side: str, rule: Json) -> None:
    plan, manifests = network("town")
    opened = tuple(
        with_spec(each, **{side: [rule]}) if each.path.endswith("stage/deny-all") else each
        for each in manifests
    )
    one_sided = "tenant" in str(rule)

    assert codes(plan, opened) == (set() if one_sided else {"E-RCH-02"})


def test_a_namespace_without_policies_is_noticed() -> None:
    plan, manifests = network("town")
    left = tuple(
        each for each in manifests if each.type != NETWORK_POLICY or each.namespace != "stage"
    )

    assert "E-RCH-02" in codes(plan, left)


def test_a_lost_way_to_cluster_dns_is_noticed_though_no_policy_speaks_of_it_any_more() -> None:
    plan, manifests = network("dev")
    left = tuple(each for each in manifests if each.name != "allow-dns")

    assert codes(plan, left) == {"E-RCH-01"}


@pytest.mark.parametrize("chain", [Chain.INPUT, Chain.FORWARD])
@pytest.mark.parametrize("lost", ["answers to what", "the device itself"])
def test_a_device_that_hears_no_answers_is_noticed(chain: Chain, lost: str) -> None:
    plan, manifests = network("dev")
    rules = rules_of(plan, "home/gateway", chain)
    left = tuple(rule for rule in rules if lost not in rule.comment)

    found = codes(with_rules(plan, "home/gateway", chain, left), manifests)

    assert ("E-RCH-04" in found) == (len(left) < len(rules))


@pytest.mark.parametrize(
    ("device", "chain", "lost"),
    [
        pytest.param("home/gateway", Chain.INPUT, "dns/vpn.family", id="at the end of a VPN"),
        pytest.param(
            "home/gateway", Chain.FORWARD, "management/barn/pi", id="at its address in the mesh"
        ),
        pytest.param("home/gateway", Chain.PREROUTING, "alias of home.bench", id="at an alias"),
    ],
)
def test_what_is_lost_at_one_address_of_many_is_noticed(
    device: str, chain: Chain, lost: str
) -> None:
    plan, manifests = network("lab")
    rules = rules_of(plan, device, chain)
    first = next(rule for rule in rules if lost in rule.comment)
    left = tuple(rule for rule in rules if rule is not first)

    assert "E-RCH-01" in codes(with_rules(plan, device, chain, left), manifests)
