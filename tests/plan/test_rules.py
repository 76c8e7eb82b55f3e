"""What devices let through for a flow, one line a rule: `device: entrance > exit: from -> to`."""

import pytest

from plan.ruleset import Chain
from tests.plan.examples import pair
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


@pytest.mark.parametrize(
    ("managed", "expected"),
    [
        pytest.param(False, "10.200.2.0/24", id="the whole range, where nothing is hidden"),
        pytest.param(
            True,
            "10.200.2.1/32,10.200.2.50/32,10.200.2.60/32",
            id="hidden behind the router, but for managed hosts, whose route leads past it",
        ),
    ],
)
def test_the_far_end_expects_the_sources_that_really_arrive(managed: bool, expected: str) -> None:
    flow = {"from": "barn.lan", "to": "home/server", "ports": ["tcp/80"], "name": "asked"}
    plan = plan_with(pair(router_is_managed=managed), flow)

    assert f"home/server: eth0: {expected} -> here tcp/80" in accepted_for(plan, "asked")
