"""Faults of a description that show only when everything is computed."""

import pytest

from plan.problems import find_plan_problems
from terms.problem import Severity
from tests.plan.examples import barn, house, pair
from tests.plan.networks import Raw
from tests.plan.towns import clustered
from tests.plan.wording import plan_with


def _found(description: Raw, *flows: Raw) -> list[tuple[str, str]]:
    return [
        (problem.code, problem.path)
        for problem in find_plan_problems(plan_with(description, *flows))
    ]


@pytest.mark.parametrize(
    ("source", "target", "ports", "expected"),
    [
        pytest.param("home.lan", "home/one", ["tcp/22"], [], id="a sound flow"),
        pytest.param("home.lan", "home/one", ["icmp"], [], id="icmp between hosts"),
        pytest.param("band", "home/one", ["tcp/1-64"], [], id="as many ports as a policy may name"),
        pytest.param("band", "home/one", ["any"], [], id="every port"),
        pytest.param("band", "home/one", ["udp"], [], id="a whole protocol"),
        pytest.param(
            "home.lan",
            "namespace.media",
            ["tcp/80"],
            [("E-PLN-01", "la1r:flows[0].to")],
            id="nothing published there",
        ),
        pytest.param(
            "band",
            "home/one",
            ["tcp/22", "icmp"],
            [("E-PLN-03", "la1r:flows[0].ports")],
            id="icmp from pods",
        ),
        pytest.param(
            "band",
            "home/one",
            ["tcp/1-65"],
            [("E-PLN-04", "la1r:flows[0].ports")],
            id="more ports than a policy may name",
        ),
    ],
)
def test_a_flow_that_cannot_be_carried_is_refused(
    source: str, target: str, ports: list[str], expected: list[tuple[str, str]]
) -> None:
    flow: Raw = {"from": source, "to": target, "ports": ports}

    assert _found(clustered(), flow) == expected


def test_a_flow_between_sites_that_cannot_meet_is_refused() -> None:
    home = house(circuit={"kind": "cgnat"})
    apart: Raw = {"sites": {"home": home, "barn": barn(router_is_managed=False)}}

    assert _found(apart, {"from": "home.lan", "to": "barn.far"}) == [("E-PLN-02", "la1r:flows[0]")]


def test_a_flow_to_a_device_without_an_address_is_refused() -> None:
    described = clustered()
    sites = described["sites"]
    assert isinstance(sites, dict)
    sites["home"]["devices"]["lamp"] = {"role": "iot", "segment": "things"}

    assert _found(described, {"from": "home.lan", "to": "home/lamp"}) == [
        ("E-PLN-02", "la1r:flows[0]")
    ]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("ping", [], id="a kind"),
        pytest.param("ping/home.lan", [], id="one flow"),
        pytest.param("hairpin/wireguard", [], id="part of what follows"),
        pytest.param("pings", [("E-PLN-05", Severity.ERROR)], id="none is called so"),
        pytest.param("management/home/one", [("E-PLN-06", Severity.ERROR)], id="locked out"),
        pytest.param(
            "management",
            [("E-PLN-06", Severity.ERROR), ("E-PLN-06", Severity.WARNING)],
            id="locked out of every device, and of the cluster",
        ),
        pytest.param("management/cluster", [("E-PLN-06", Severity.WARNING)], id="the cluster"),
    ],
)
def test_a_switch_has_to_switch_something(word: str, expected: list[tuple[str, Severity]]) -> None:
    plan = plan_with({**clustered(), "network": {"implied_off": [word]}})

    assert [(p.code, p.severity) for p in find_plan_problems(plan)] == expected


def test_a_mistyped_switch_is_told_the_nearest_name() -> None:
    plan = plan_with({**clustered(), "network": {"implied_off": ["ping/home.lam"]}})

    assert "ping/home.lan" in find_plan_problems(plan)[0].fix


def test_all_problems_are_told_at_once_and_each_once() -> None:
    flows: list[Raw] = [
        {"from": "family", "to": "home", "ports": ["icmp"]},
        {"from": "home.lan", "to": "namespace.media"},
    ]

    assert _found(clustered(), *flows) == [
        ("E-PLN-03", "la1r:flows[0].ports"),
        ("E-PLN-01", "la1r:flows[1].to"),
    ]


@pytest.mark.parametrize(
    ("mtu", "expected"),
    [
        pytest.param(1376, [], id="smaller than it could be"),
        pytest.param(1448, [], id="as large as it can be"),
        pytest.param(1452, [("E-PLN-07", "la1r:cluster.weave.mtu")], id="too large by a step"),
    ],
)
def test_an_mtu_that_its_carrier_does_not_take_is_refused(
    mtu: int, expected: list[tuple[str, str]]
) -> None:
    cluster = {"name": "rave", "nodes": {"home/server": {}}, "weave": {"mtu": mtu}}

    assert _found({**pair(), "cluster": cluster}) == expected


@pytest.mark.parametrize(
    ("flow", "is_locked_out"),
    [
        pytest.param({"from": "home.lan", "to": "home/one"}, False, id="to the device"),
        pytest.param({"from": "home.lan", "to": "home.servers"}, False, id="to its range"),
        pytest.param({"from": "home", "to": "home"}, False, id="from the whole site"),
        pytest.param({"from": "home.lan", "to": "home/two"}, True, id="to another device"),
        pytest.param({"from": "barn.far", "to": "home/one"}, True, id="from elsewhere"),
        pytest.param(
            {"from": "home.lan", "to": "home/one", "ports": ["tcp/80"]}, True, id="another port"
        ),
    ],
)
def test_a_declared_flow_may_take_the_place_of_the_operators_own_way_in(
    flow: Raw, is_locked_out: bool
) -> None:
    described = {**clustered(), "network": {"implied_off": ["management/home/one"]}}
    found = [code for code, _ in _found(described, flow)]

    assert ("E-PLN-06" in found) == is_locked_out
