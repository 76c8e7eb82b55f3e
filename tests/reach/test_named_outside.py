"""An address in the internet that a flow names: that one is open, and no other."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from plan.ruleset import Chain, Rule
from tests.plan.examples import pair
from tests.plan.networks import Raw
from tests.reach.evaluated import answer, judge, planned, rules_of, with_rules

SERVER = "9.9.9.9"


def network() -> Raw:
    """Clients of an endpoint ask a name server that is somebody else's."""
    described = pair()
    vpn = described["vpn"]
    assert isinstance(vpn, dict)
    vpn["endpoints"]["family"]["dns"] = SERVER
    return described


def test_clients_reach_the_server_that_is_named_and_no_other() -> None:
    reach, problems = judge(*planned(network()))
    verdict = reach.verdict("vpn.family", "internet")
    opened = {str(part.dial): sorted(part.ports.texts()) for part in verdict.working}

    assert not problems
    assert opened.keys() == {SERVER}
    assert answer(reach, "vpn.family internet tcp/53") == "open"
    assert answer(reach, "vpn.family internet tcp/443") == "deny"


def widened(rule: Rule) -> tuple[Rule, ...]:
    return (replace(rule, match=replace(rule.match, destinations=())),)


def dropped(_rule: Rule) -> tuple[Rule, ...]:
    return ()


@pytest.mark.parametrize(
    ("change", "code"), [(widened, "E-RCH-02"), (dropped, "E-RCH-01")], ids=["widened", "dropped"]
)
def test_a_rule_that_says_otherwise_is_noticed(
    change: Callable[[Rule], tuple[Rule, ...]], code: str
) -> None:
    plan, manifests = planned(network())
    rules = rules_of(plan, "home/gateway", Chain.FORWARD)
    changed = tuple(
        each
        for rule in rules
        for each in (change(rule) if rule.comment == "dns/vpn.family" else (rule,))
    )
    _, problems = judge(with_rules(plan, "home/gateway", Chain.FORWARD, changed), manifests)

    assert changed != rules
    assert {problem.code for problem in problems} == {code}
