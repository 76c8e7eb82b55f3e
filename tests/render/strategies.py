"""Draws rulesets that a plan could hold, and text that nobody should have to quote by hand."""

from ipaddress import IPv4Network

from hypothesis import strategies as st
from msgspec.structs import replace

from plan.ruleset import (
    Accept,
    Action,
    Chain,
    ClampMss,
    Drop,
    Family,
    Masquerade,
    Match,
    Rule,
    RuleChain,
    Ruleset,
    State,
    TranslateDestination,
    TranslateSource,
    host_prefix,
)
from terms.values import MAX_PORT, Ports, Protocol

HOSTILE = "\"'`\\$(){}[]<>;:,#|&*?!~%^=+-_./@ \t\n\r\0\x1b\x7f\x85\u2028\u202eaZ9é名"

sentences = st.one_of(
    st.text(HOSTILE, max_size=20),
    st.text(max_size=200),
    st.sampled_from(
        [
            'x" ; drop ; comment "y',
            "x\n        accept",
            "$(reboot)",
            "`reboot`",
            "a | b\n| --- |",
            "<script>alert(1)</script>",
            "# not a comment \\",
            "é" * 64,
            "long " * 40,
        ]
    ),
)

INTERFACES = ["lan1", "lan1.30", "wan0", "wg-mesh", "wg-family", "lo"]
ICMPV6_TYPES = ["nd-neighbor-solicit", "nd-router-advert", "packet-too-big", "time-exceeded"]

interfaces = st.lists(st.sampled_from(INTERFACES), max_size=3).map(tuple)
networks = st.builds(
    lambda address, length: IPv4Network((address >> (32 - length) << (32 - length), length)),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
)
network_sets = st.lists(networks, max_size=4).map(tuple)
numbers = st.integers(1, MAX_PORT)


@st.composite
def ports(draw: st.DrawFn, protocol: Protocol) -> Ports:
    """Draw a port or a range."""
    first, last = sorted((draw(numbers), draw(numbers)))
    return draw(st.sampled_from([Ports(protocol, first, first), Ports(protocol, first, last)]))


@st.composite
def port_matches(draw: st.DrawFn) -> Match:
    """Draw what a rule asks of protocol and ports."""
    protocol = draw(st.sampled_from(Protocol))
    if protocol not in (Protocol.TCP, Protocol.UDP):
        return Match(protocol=protocol)
    return Match(
        protocol=protocol,
        ports=draw(st.lists(ports(protocol), max_size=4).map(tuple)),
        original_port=draw(st.none() | numbers),
    )


@st.composite
def ipv4_matches(draw: st.DrawFn) -> Match:
    """Draw a match that may name addresses."""
    asked = draw(port_matches())
    return Match(
        input_interfaces=draw(interfaces),
        output_interfaces=draw(interfaces),
        family=draw(st.sampled_from([Family.ANY, Family.IPV4])),
        sources=draw(network_sets),
        not_sources=draw(network_sets),
        destinations=draw(network_sets),
        not_destinations=draw(network_sets),
        protocol=asked.protocol,
        ports=asked.ports,
        original_destinations=draw(network_sets),
        original_port=asked.original_port,
        local_destination=draw(st.booleans()),
        states=draw(st.lists(st.sampled_from(State), max_size=4).map(tuple)),
    )


ipv6_matches = st.builds(
    Match,
    family=st.sampled_from([Family.ANY, Family.IPV6]),
    icmpv6_types=st.lists(st.sampled_from(ICMPV6_TYPES), min_size=1, max_size=4).map(tuple),
)
targets = st.builds(lambda network: host_prefix(network.network_address), networks)
ranges = networks.filter(lambda network: 0 < network.prefixlen < network.max_prefixlen)


@st.composite
def destination_translations(draw: st.DrawFn, match: Match) -> Action:
    """Draw a translation to one address, with a port where the match has one, or to a range."""
    with_port = match.protocol in (Protocol.TCP, Protocol.UDP)
    port = draw(st.none() | numbers) if with_port else None
    whole = draw(st.booleans()) and port is None
    return TranslateDestination(draw(ranges if whole else targets), port)


@st.composite
def actions(draw: st.DrawFn, chain: Chain, match: Match) -> Action:
    """Draw an action that the kernel allows in this chain."""
    possible: list[Action] = [Accept(), Drop()]
    if chain is Chain.PREROUTING:
        return draw(destination_translations(match))
    if chain is Chain.POSTROUTING:
        possible = [Masquerade(), TranslateSource(draw(targets | ranges))]
    if chain is Chain.MSS:
        possible = [ClampMss()]
    return draw(st.sampled_from(possible))


@st.composite
def rules(draw: st.DrawFn, chain: Chain) -> Rule:
    """Draw a rule for this chain."""
    filters = chain in (Chain.INPUT, Chain.FORWARD)
    match = draw(ipv4_matches() | ipv6_matches if filters else ipv4_matches())
    if chain is Chain.MSS:
        match = replace(match, protocol=Protocol.TCP, ports=(), original_port=None)
    return Rule(match, draw(actions(chain, match)), draw(sentences))


@st.composite
def rulesets(draw: st.DrawFn) -> Ruleset:
    """Draw some of the chains, each with some rules."""
    chains = draw(st.lists(st.sampled_from(Chain), unique=True))
    return Ruleset(
        tuple(
            RuleChain(chain, draw(st.booleans()), tuple(draw(st.lists(rules(chain), max_size=5))))
            for chain in sorted(chains, key=list(Chain).index)
        )
    )
