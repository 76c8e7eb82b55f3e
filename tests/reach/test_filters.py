"""A chain decides about sets of ports as it would about single packets."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.ruleset import Accept, Chain, ClampMss, Drop, Family, Match, Rule, RuleChain, State
from reach.filters import CompiledChain
from reach.packet import Crossing, Packet
from reach.portset import PortSet
from terms.values import Ports, Protocol

ONE = int(IPv4Address("192.0.2.1"))
OTHER = int(IPv4Address("198.51.100.1"))
NETWORKS = tuple(
    map(IPv4Network, ("192.0.2.0/24", "192.0.2.1/32", "198.51.100.0/24", "203.0.113.0/24"))
)


def chain(*rules: Rule, accepts_rest: bool = False) -> RuleChain:
    return RuleChain(Chain.FORWARD, accepts_rest, rules)


def accept(**match: object) -> Rule:
    return Rule(Match(**match), Accept(), "accept")  # type: ignore[arg-type] # rows are checked by running


def drop(**match: object) -> Rule:
    return Rule(Match(**match), Drop(), "drop")  # type: ignore[arg-type] # rows are checked by running


def crossing(**changes: object) -> Crossing:
    plain = Crossing("lan0", "wan0", ONE, OTHER, OTHER, local=False, state=State.NEW)
    return plain._replace(**changes)  # type: ignore[arg-type] # rows are checked by running


def accepted(rules: RuleChain, packet: Packet, way: Crossing) -> PortSet:
    found = PortSet()
    for part, rule in CompiledChain(rules).decide(packet, way):
        passes = isinstance(rule.rule.action, Accept) if rule else rules.accepts_rest
        found |= part.ports if passes else PortSet()
    return found


TCP_22 = {"protocol": Protocol.TCP, "ports": (Ports.parse("tcp/22"),)}


@pytest.mark.parametrize(
    ("rules", "way", "expected"),
    [
        pytest.param([accept(**TCP_22)], {}, "tcp/22", id="ports"),
        pytest.param(
            [drop(**TCP_22), accept(protocol=Protocol.TCP)],
            {},
            "tcp/1-21, tcp/23-65535",
            id="the first that matches decides",
        ),
        pytest.param(
            [accept(input_interfaces=("lan0", "lan1"))], {}, "any", id="one of several interfaces"
        ),
        pytest.param([accept(output_interfaces=("lan1",))], {}, "nothing", id="another way out"),
        pytest.param([accept(sources=NETWORKS[:1])], {}, "any", id="source"),
        pytest.param([accept(not_sources=NETWORKS[1:2])], {}, "nothing", id="but not this source"),
        pytest.param([accept(destinations=NETWORKS[:1])], {}, "nothing", id="another destination"),
        pytest.param([accept(not_destinations=NETWORKS[:1])], {}, "any", id="any destination but"),
        pytest.param(
            [accept(original_destinations=NETWORKS[:1])],
            {"original": ONE},
            "any",
            id="the destination before translation",
        ),
        pytest.param(
            [accept(original_destinations=NETWORKS[:1])], {}, "nothing", id="it was another before"
        ),
        pytest.param(
            [accept(local_destination=True)], {}, "nothing", id="not for the device itself"
        ),
        pytest.param(
            [accept(local_destination=True)], {"local": True}, "any", id="for the device itself"
        ),
        pytest.param(
            [accept(states=(State.ESTABLISHED,))], {}, "nothing", id="new is not established"
        ),
        pytest.param(
            [accept(states=(State.ESTABLISHED,))],
            {"state": State.ESTABLISHED},
            "any",
            id="established",
        ),
        pytest.param([accept(family=Family.IPV6)], {}, "nothing", id="IPv6 is another family"),
        pytest.param(
            [accept(icmpv6_types=("nd-router-advert",))],
            {},
            "nothing",
            id="ICMPv6 is none of IPv4's",
        ),
        pytest.param(
            [Rule(Match(), ClampMss(), "clamp"), accept(**TCP_22)],
            {},
            "tcp/22",
            id="a segment size decides nothing",
        ),
    ],
)
def test_a_rule_matches_what_it_asks_for(
    rules: list[Rule], way: dict[str, object], expected: str
) -> None:
    packet = Packet(ONE, OTHER, PortSet.everything)

    assert str(accepted(chain(*rules), packet, crossing(**way))) == expected


def test_a_translated_port_is_matched_now_and_as_it_came() -> None:
    dialled = PortSet.of([Ports.parse("tcp/443"), Ports.parse("tcp/8443")])
    packet = Packet(ONE, OTHER, dialled, arrived=0, port=22443)
    now = {"protocol": Protocol.TCP, "ports": (Ports.parse("tcp/22443"),)}

    assert str(accepted(chain(accept(**now)), packet, crossing())) == "tcp/443, tcp/8443"
    assert str(accepted(chain(accept(**now, original_port=443)), packet, crossing())) == "tcp/443"


protocols = st.sampled_from([Protocol.TCP, Protocol.UDP])
matches = st.builds(
    lambda protocol, numbers, sources, targets, names: Match(
        input_interfaces=names,
        sources=sources,
        destinations=targets,
        protocol=protocol if numbers else Protocol.ANY,
        ports=tuple(Ports(protocol, min(pair), max(pair)) for pair in numbers),
    ),
    protocols,
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=2),
    st.lists(st.sampled_from(NETWORKS), max_size=2).map(tuple),
    st.lists(st.sampled_from(NETWORKS), max_size=2).map(tuple),
    st.lists(st.sampled_from(["lan0", "lan1"]), max_size=1).map(tuple),
)
chains = st.builds(
    lambda rules, rest: chain(*rules, accepts_rest=rest),
    st.lists(
        st.builds(Rule, matches, st.sampled_from([Accept(), Drop()]), st.just("r")), max_size=6
    ),
    st.booleans(),
)


def matches_packet(match: Match, way: Crossing, packet: tuple[Protocol, int]) -> bool:
    protocol, number = packet
    source, target = IPv4Address(way.source), IPv4Address(way.target)
    return (
        (not match.input_interfaces or way.enters in match.input_interfaces)
        and (not match.sources or any(source in network for network in match.sources))
        and (not match.destinations or any(target in network for network in match.destinations))
        and (match.protocol is Protocol.ANY or match.protocol is protocol)
        and (not match.ports or any(each.first <= number <= each.last for each in match.ports))
    )


@given(chains, st.sampled_from([ONE, OTHER]), protocols, st.integers(1, 7))
def test_a_chain_agrees_with_asking_its_rules_one_after_the_other(
    rules: RuleChain, source: int, protocol: Protocol, number: int
) -> None:
    way = crossing(source=source, target=OTHER if source == ONE else ONE)
    first = next((r for r in rules.rules if matches_packet(r.match, way, (protocol, number))), None)
    expected = isinstance(first.action, Accept) if first else rules.accepts_rest

    whole = accepted(rules, Packet(source, way.target, PortSet.everything), way)

    assert (PortSet.single(protocol, number) <= whole) == expected
