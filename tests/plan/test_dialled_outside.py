"""A device that is dialled at a public address or name, and the router before the operator."""

import pytest

from plan.problems import find_plan_problems
from tests.plan.examples import house
from tests.plan.networks import Raw, managed
from tests.plan.wording import accepted_for, plan_with

FLOW = "management/barn/box"


def network(host: str | None, role: str = "iot", **settings: object) -> Raw:
    """The operator in a range of this role, and a far router that is dialled there."""
    box = managed(
        role="router",
        interfaces={
            "wan0": {"uplink": True},
            "far0": {"segment": "far", "addresses": ["192.168.7.1"]},
        },
    )
    manage = box["manage"]
    assert isinstance(manage, dict)
    manage["host"] = host
    home = house()
    prefixes = home["prefixes"]
    assert isinstance(prefixes, dict)
    prefixes["lan"]["role"] = role
    barn: Raw = {
        "id": 2,
        "circuit": {"kind": "static", "endpoint": "203.0.113.3"},
        "prefixes": {"far": {"cidr": "192.168.7.0/24", "role": "user"}},
        "devices": {"box": box},
    }
    operator = {"at": "home", "prefixes": ["lan"]}
    return {"sites": {"home": home, "barn": barn}, "network": {"operator": operator, **settings}}


def ways_out(described: Raw) -> list[str]:
    """What the operator's router lets out by its uplink for the management of the far router."""
    found = accepted_for(plan_with(described), FLOW)
    return [line for line in found if line.startswith("home/gateway: lan0 > wan0")]


OPENED = ["home/gateway: lan0 > wan0: 192.168.1.0/24 -> 203.0.113.3/32 tcp/22"]


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        pytest.param(network("203.0.113.3"), OPENED, id="a range without internet"),
        pytest.param(network("203.0.113.3", "user"), [], id="one that has it anyway"),
        pytest.param(
            network("203.0.113.3", "user", implied_off=["internet"]), OPENED, id="one that lost it"
        ),
        pytest.param(network(None), [], id="in the mesh"),
        pytest.param(network("192.168.1.77"), [], id="on the bench"),
    ],
)
def test_an_address_outside_is_opened_to_the_operator_and_nothing_else(
    described: Raw, expected: list[str]
) -> None:
    assert ways_out(described) == expected


@pytest.mark.parametrize(
    ("described", "flows", "refused"),
    [
        pytest.param(network("barn.example.net"), [], True, id="a range without internet"),
        pytest.param(network("barn.example.net", "user"), [], False, id="one that has it"),
        pytest.param(network("203.0.113.3"), [], False, id="an address"),
        pytest.param(network("box.barn.internal"), [], False, id="a name in the mesh"),
        pytest.param(
            network("barn.example.net"),
            [{"from": "home.lan", "to": "internet", "ports": ["tcp/22"]}],
            False,
            id="opened by a flow",
        ),
        pytest.param(
            network("barn.example.net"),
            [{"from": "home.lan", "to": "internet", "ports": ["tcp/443"]}],
            True,
            id="another port",
        ),
    ],
)
def test_a_name_outside_is_refused_where_no_rule_lets_the_operator_out(
    described: Raw, flows: list[Raw], refused: bool
) -> None:
    found = find_plan_problems(plan_with(described, *flows))

    assert [(each.code, each.path) for each in found] == (
        [("E-PLN-09", "la1r:sites.barn.devices.box.manage.host")] if refused else []
    )
