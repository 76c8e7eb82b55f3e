"""What devices let through for a flow, one line a rule: `device: entrance > exit: from -> to`."""

import pytest

from plan.build import build_plan
from plan.model import Plan
from plan.ruleset import Accept, Chain, Drop, Family, Rule, State
from terms.values import DeviceRef
from tests.plan.examples import pair, read
from tests.plan.networks import Raw
from tests.plan.towns import clustered
from tests.plan.wording import accepted_at, accepted_for, plan_with

PREAMBLE = {
    "answers to what was let through",
    "the device itself",
    "IPv6 neighbour discovery and errors",
    "pods are filtered by their policies",
}


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        pytest.param(
            "home.lan",
            "home/one",
            [
                "home/gateway: lan0 > srv0: 192.168.1.0/24 -> 192.168.5.1/32 tcp/80",
                "home/one: eth0: 192.168.1.0/24 -> here tcp/80",
            ],
            id="across a router to a host with a firewall of its own",
        ),
        pytest.param(
            "home/two",
            "home/one",
            ["home/one: eth0: 192.168.5.2/32 -> here tcp/80"],
            id="neighbours pass no router",
        ),
        pytest.param(
            "home.servers",
            "home.lb",
            [
                "home/gateway: srv0 > srv0: 192.168.5.0/24 -> 192.168.6.130/32 tcp/80",
            ],
            id="two ranges of one segment meet at the router",
        ),
        pytest.param(
            "vpn.family",
            "home.lan",
            [
                "home/gateway: wg-family: 10.8.2.0/24 -> 192.168.1.1/32 tcp/80",
                "home/gateway: wg-family > lan0: 10.8.2.0/24 -> 192.168.1.0/24 tcp/80",
            ],
            id="a range includes the router's address in it",
        ),
        pytest.param(
            "client.laptop",
            "internet",
            ["home/gateway: wg-family > wan0: 10.8.2.10/32 -> internet tcp/80"],
            id="one client out",
        ),
        pytest.param(
            "home.lan",
            "barn/beside",
            [
                "home/gateway: lan0 > wg-mesh: 192.168.1.0/24 -> 10.200.2.60/32 tcp/80",
                "barn/beside: eth0: 192.168.1.50/32 -> here tcp/80",
                (
                    "barn/pi: wg-mesh > eth0: 10.200.1.0/24 -> 192.168.1.60/32 tcp/80"
                    " was 10.200.2.60/32"
                ),
            ],
            id="between aliases, hidden behind a one-armed gateway",
        ),
        pytest.param(
            "barn.far",
            "home.lan",
            [
                "home/gateway: wg-mesh: 192.168.7.0/24 -> 192.168.1.1/32 tcp/80",
                (
                    "home/gateway: wg-mesh > lan0: 192.168.7.0/24 -> 192.168.1.0/24 tcp/80"
                    " was 10.200.1.0/24"
                ),
                "barn/pi: eth0 > wg-mesh: 192.168.7.0/24 -> 10.200.1.0/24 tcp/80",
            ],
            id="from behind an unmanaged router",
        ),
        pytest.param(
            "internet",
            "home/one",
            [
                "home/gateway: wan0 > srv0: any -> 192.168.5.1/32 tcp/80 public 80",
                "home/one: eth0: internet -> here tcp/80",
            ],
            id="a forwarded port",
        ),
        pytest.param(
            "internet", "home/gateway", ["home/gateway: wan0: any -> here tcp/80"], id="its own"
        ),
        pytest.param(
            "namespace.media",
            "home/two",
            ["home/two: weave: 10.244.0.0/16 -> here tcp/80"],
            id="pods at their own node",
        ),
        pytest.param("band", "family", [], id="pods to pods pass no device's rules"),
    ],
)
def test_every_device_on_the_way_lets_a_flow_through_and_no_other(
    source: str, target: str, expected: list[str]
) -> None:
    flow = {"from": source, "to": target, "ports": ["tcp/80"], "name": "asked"}

    assert accepted_for(plan_with(clustered(), flow), "asked") == expected


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        pytest.param(
            "hairpin/asked",
            [
                (
                    "home/gateway: lan0 > srv0: 192.168.1.0/24 -> 192.168.6.130/32 udp/52124"
                    " public 22124"
                )
            ],
            id="users who dial the public name, and not the service's own port",
        ),
        pytest.param(
            "load-balancer/family/files",
            ["home/gateway: lan0 > srv0: 192.168.1.0/24 -> 192.168.6.5/32 tcp/443"],
            id="users of the LAN",
        ),
        pytest.param(
            "iot/home.things",
            [
                "home/gateway: iot0 > srv0: 192.168.3.0/24 -> 192.168.5.1/32",
                "home/one: eth0: 192.168.3.0/24 -> here",
            ],
            id="things to their server",
        ),
        pytest.param(
            "wireguard/vpn.family", ["home/gateway: wan0: any -> here udp/33443"], id="dial in"
        ),
        pytest.param(
            "weave",
            [
                "home/one: eth0: 192.168.5.2/32 -> here tcp/6783",
                "home/one: eth0: 192.168.5.2/32 -> here udp/6783-6784",
                "home/two: eth0: 192.168.5.1/32 -> here tcp/6783",
                "home/two: eth0: 192.168.5.1/32 -> here udp/6783-6784",
            ],
            id="nodes",
        ),
        pytest.param(
            "management/barn/pi",
            [
                "home/gateway: lan0 > wg-mesh: 192.168.1.0/24 -> 10.8.0.2/32,10.200.2.50/32 tcp/22",
                "home/gateway: lan0 > wg-mesh: 192.168.1.0/24 -> 10.8.0.2/32,10.200.2.50/32 icmp",
                "barn/pi: anywhere: 10.200.1.0/24 -> here tcp/22",
                "barn/pi: anywhere: 10.200.1.0/24 -> here icmp",
            ],
            id="the operator at the far site",
        ),
    ],
)
def test_implied_flows_open_what_they_say(flow: str, expected: list[str]) -> None:
    published = {
        "from": "internet",
        "to": "band/jam",
        "ports": ["udp/22124"],
        "through": 52124,
        "name": "asked",
    }

    assert sorted(accepted_for(plan_with(clustered(), published), flow)) == sorted(expected)


def test_clients_without_an_address_are_known_by_the_interface_they_are_on() -> None:
    described = clustered()
    sites = described["sites"]
    assert isinstance(sites, dict)
    sites["home"]["prefixes"]["lan"]["dhcp"] = {"pool": "192.168.1.100-192.168.1.199"}

    assert accepted_for(plan_with(described), "dhcp/home.lan") == [
        "home/gateway: lan0: any -> here udp/67"
    ]


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
    flows = [rule.comment for rule in rules if rule.comment not in PREAMBLE]

    assert flows[2].startswith("management/")


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


def test_a_switched_off_flow_opens_nothing() -> None:
    described = {**clustered(), "network": {"implied_off": ["internet/home.lan"]}}

    assert accepted_for(plan_with(described), "internet/home.lan") == []
    assert accepted_for(plan_with(clustered()), "internet/home.lan") != []


def test_every_accept_rule_serves_a_flow_or_is_fixed() -> None:
    plan = plan_with(clustered(), {"from": "vpn.family", "to": "home"})
    known = {flow.name for flow in plan.flows} | PREAMBLE
    for device in plan.devices:
        for chain in (Chain.INPUT, Chain.FORWARD):
            assert accepted_at(plan, str(device.ref), chain) <= known


def test_rules_of_one_flow_that_differ_in_one_respect_become_one() -> None:
    flow = {"from": "vpn.family", "to": "cluster", "ports": ["tcp/22"], "name": "asked"}
    rules = _chain(plan_with(clustered(), flow), "home/gateway", Chain.FORWARD)
    asked = [rule for rule in rules if rule.comment == "asked"]

    assert [len(rule.match.destinations) for rule in asked] == [2]
    assert isinstance(asked[0].action, Accept)
