"""IPv6 that some rule would let through is found, though nobody plans any."""

import pytest
from msgspec.structs import replace

from plan.ruleset import Accept, Chain, Drop, Family, Match, Rule, State
from reach.ipv6 import find_ipv6_openings
from terms.values import Ports, Protocol
from tests.reach.evaluated import STACKS, plan_of, rules_of, with_rules


@pytest.mark.parametrize("stack", STACKS)
def test_no_device_of_a_stack_lets_ipv6_through(stack: str) -> None:
    assert not list(find_ipv6_openings(plan_of(stack)))


@pytest.mark.parametrize(
    ("match", "found"),
    [
        pytest.param(Match(), True, id="everything"),
        pytest.param(
            Match(protocol=Protocol.TCP, ports=(Ports.parse("tcp/22"),)), True, id="a port"
        ),
        pytest.param(Match(input_interfaces=("lan0",)), True, id="an interface"),
        pytest.param(Match(family=Family.IPV6, protocol=Protocol.ICMP), True, id="IPv6 by name"),
        pytest.param(Match(family=Family.IPV4), False, id="IPv4 by name"),
        pytest.param(Match(states=(State.ESTABLISHED,)), False, id="answers"),
        pytest.param(Match(input_interfaces=("lo",)), False, id="the device itself"),
        pytest.param(Match(icmpv6_types=("nd-router-advert",)), False, id="its own neighbours"),
    ],
)
@pytest.mark.parametrize("chain", [Chain.INPUT, Chain.FORWARD])
def test_a_rule_before_the_closed_door_is_found(chain: Chain, match: Match, found: bool) -> None:
    plan = plan_of("lab")
    rules = (Rule(match, Accept(), "first of all"), *rules_of(plan, "home/gateway", chain))

    openings = list(find_ipv6_openings(with_rules(plan, "home/gateway", chain, rules)))

    assert [problem.code for problem in openings] == (["E-RCH-03"] if found else [])


def test_without_the_closed_door_every_later_rule_is_found() -> None:
    plan = plan_of("lab")
    rules = rules_of(plan, "home/gateway", Chain.INPUT)
    left = tuple(
        rule
        for rule in rules
        if not (
            isinstance(rule.action, Drop) and rule.match == replace(Match(), family=Family.IPV6)
        )
    )

    openings = list(find_ipv6_openings(with_rules(plan, "home/gateway", Chain.INPUT, left)))

    assert any("wireguard/home" in problem.found for problem in openings)
