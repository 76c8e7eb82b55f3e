"""A sentence about reachability holds, or is told with what opens or stops it."""

import pytest

from tests.plan.networks import Raw
from tests.plan.towns import clustered
from tests.reach.evaluated import judge, planned


def expecting(kind: str, source: str, target: str, *ports: str) -> Raw:
    wish: Raw = {"from": source, "to": target, "message": "somebody counts on it"}
    if ports:
        wish["ports"] = list(ports)
    return {**clustered(), "expect": {kind: [wish]}}


@pytest.mark.parametrize(
    ("kind", "sentence", "code"),
    [
        pytest.param("deny", ("internet", "home.servers"), None, id="closed to outsiders"),
        pytest.param("deny", ("vpn.family", "band"), None, id="closed to another's clients"),
        pytest.param("deny", ("band", "family"), None, id="closed between tenants"),
        pytest.param("deny", ("home.lan", "internet"), "E-EXP-11", id="open by role"),
        pytest.param("deny", ("home.lan", "internet", "udp/53"), "E-EXP-11", id="one port"),
        pytest.param("deny", ("home.lan", "family/files"), "E-EXP-11", id="a pool for the LAN"),
        pytest.param("deny", ("home/one", "home/two", "tcp/22"), None, id="a host's firewall"),
        pytest.param("deny", ("home.lan", "home.lan"), None, id="nobody is kept from itself"),
        pytest.param("deny", ("cluster", "band"), "E-EXP-13", id="nodes and their pods"),
        pytest.param("deny", ("barn.lan", "barn/box"), "E-EXP-13", id="neighbours"),
        pytest.param("allow", ("home.lan", "family/files"), None, id="any port of a workload"),
        pytest.param("allow", ("home.lan", "family/files", "tcp/443"), None, id="its port"),
        pytest.param(
            "allow", ("home.lan", "family/files", "tcp/444"), "E-EXP-12", id="no such port"
        ),
        pytest.param("allow", ("namespace.media", "family/files", "tcp/443"), None, id="pods"),
        pytest.param("allow", ("home.lan", "band/jam"), "E-EXP-12", id="a pool for flows only"),
        pytest.param("allow", ("internet", "home/gateway", "udp/33443"), None, id="a listener"),
        pytest.param("allow", ("internet", "home/one"), "E-EXP-12", id="no public port"),
        pytest.param("allow", ("home.lan", "family/database"), "E-EXP-12", id="no address"),
    ],
)
def test_a_sentence_holds_or_is_a_problem(
    kind: str, sentence: tuple[str, ...], code: str | None
) -> None:
    _, problems = judge(*planned(expecting(kind, *sentence)))

    assert [problem.code for problem in problems] == ([code] if code else [])


def test_the_problem_carries_the_message_the_path_and_the_rule() -> None:
    _, problems = judge(*planned(expecting("deny", "home.lan", "internet")))

    assert problems[0].path == "la1r:expect.deny[0]"
    assert "somebody counts on it" in problems[0].consequence
    assert "internet/home.lan" in problems[0].found
