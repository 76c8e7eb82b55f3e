"""One row for each field of a match and each action: how a rule reads in nftables."""

from ipaddress import IPv4Address, IPv4Network

import pytest

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
    State,
    TranslateDestination,
    TranslateSource,
    host_prefix,
)
from render.quoting import MAX_NFT_COMMENT, UnwritableValueError, write_nft_comment
from render.ruleset import ContradictoryRuleError, write_chain, write_rule
from terms.values import Ports, Protocol

LAN = IPv4Network("192.168.1.0/24")
ALIAS = IPv4Network("10.200.1.0/24")
HOST = host_prefix(IPv4Address("192.168.1.7"))
ALL = IPv4Network("0.0.0.0/0")


def tcp(first: int, last: int | None = None) -> Ports:
    """Give a range of TCP ports."""
    return Ports(Protocol.TCP, first, last or first)


def udp(port: int) -> Ports:
    """Give a UDP port."""
    return Ports(Protocol.UDP, port, port)


@pytest.mark.parametrize(
    ("match", "words"),
    [
        pytest.param(Match(), "", id="everything"),
        pytest.param(Match(input_interfaces=("lan1",)), 'iifname "lan1" ', id="one way in"),
        pytest.param(
            Match(input_interfaces=("lan1", "lan1.30")),
            'iifname { "lan1", "lan1.30" } ',
            id="several ways in",
        ),
        pytest.param(Match(output_interfaces=("wan0",)), 'oifname "wan0" ', id="way out"),
        pytest.param(Match(family=Family.IPV4), "meta nfproto ipv4 ", id="IPv4"),
        pytest.param(Match(family=Family.IPV6), "meta nfproto ipv6 ", id="IPv6"),
        pytest.param(Match(sources=(LAN,)), "ip saddr 192.168.1.0/24 ", id="source"),
        pytest.param(Match(sources=(HOST,)), "ip saddr 192.168.1.7 ", id="a single source"),
        pytest.param(Match(sources=(ALL,)), "ip saddr 0.0.0.0/0 ", id="any IPv4 source"),
        pytest.param(
            Match(sources=(LAN, ALIAS)),
            "ip saddr { 192.168.1.0/24, 10.200.1.0/24 } ",
            id="sources",
        ),
        pytest.param(Match(not_sources=(LAN,)), "ip saddr != 192.168.1.0/24 ", id="not a source"),
        pytest.param(
            Match(not_sources=(LAN, HOST)),
            "ip saddr != { 192.168.1.0/24, 192.168.1.7 } ",
            id="none of the sources",
        ),
        pytest.param(Match(destinations=(LAN,)), "ip daddr 192.168.1.0/24 ", id="destination"),
        pytest.param(
            Match(not_destinations=(LAN,)), "ip daddr != 192.168.1.0/24 ", id="not a destination"
        ),
        pytest.param(
            Match(sources=(LAN,), not_sources=(HOST,)),
            "ip saddr 192.168.1.0/24 ip saddr != 192.168.1.7 ",
            id="a source but one",
        ),
        pytest.param(
            Match(family=Family.IPV4, sources=(LAN,)),
            "ip saddr 192.168.1.0/24 ",
            id="an address says IPv4 by itself",
        ),
        pytest.param(Match(protocol=Protocol.TCP), "meta l4proto tcp ", id="TCP"),
        pytest.param(Match(protocol=Protocol.ICMP), "meta l4proto icmp ", id="ICMP"),
        pytest.param(Match(protocol=Protocol.TCP, ports=(tcp(22),)), "tcp dport 22 ", id="port"),
        pytest.param(
            Match(protocol=Protocol.TCP, ports=(tcp(5000, 5010),)),
            "tcp dport 5000-5010 ",
            id="range of ports",
        ),
        pytest.param(
            Match(protocol=Protocol.UDP, ports=(udp(53), udp(67))),
            "udp dport { 53, 67 } ",
            id="ports",
        ),
        pytest.param(
            Match(protocol=Protocol.TCP, ports=(Ports(Protocol.TCP),)),
            "meta l4proto tcp ",
            id="every port is the protocol",
        ),
        pytest.param(
            Match(original_destinations=(ALIAS,)),
            "ct original ip daddr 10.200.1.0/24 ",
            id="destination before translation",
        ),
        pytest.param(
            Match(protocol=Protocol.TCP, original_port=80),
            "meta l4proto tcp ct original proto-dst 80 ",
            id="port before translation",
        ),
        pytest.param(Match(local_destination=True), "fib daddr type local ", id="to the device"),
        pytest.param(
            Match(states=(State.ESTABLISHED, State.RELATED)),
            "ct state established,related ",
            id="states",
        ),
        pytest.param(
            Match(icmpv6_types=("packet-too-big",)), "icmpv6 type packet-too-big ", id="ICMPv6"
        ),
        pytest.param(
            Match(family=Family.IPV6, icmpv6_types=("nd-neighbor-solicit", "nd-neighbor-advert")),
            "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ",
            id="ICMPv6 says IPv6 by itself",
        ),
    ],
)
def test_a_match_is_written_field_by_field(match: Match, words: str) -> None:
    assert write_rule(Rule(match, Accept(), "why")) == f'{words}accept comment "why"'


TCP = Match(protocol=Protocol.TCP)
CLAMP = "tcp flags syn tcp option maxseg size set rt mtu"


@pytest.mark.parametrize(
    ("match", "action", "words"),
    [
        pytest.param(Match(), Accept(), "accept", id="accept"),
        pytest.param(Match(), Drop(), "drop", id="drop"),
        pytest.param(Match(), Masquerade(), "masquerade", id="masquerade"),
        pytest.param(Match(), ClampMss(), CLAMP, id="clamp"),
        pytest.param(TCP, ClampMss(), CLAMP, id="clamp of TCP, said once"),
        pytest.param(
            Match(), TranslateSource(HOST), "snat ip to 192.168.1.7", id="source to an address"
        ),
        pytest.param(
            Match(),
            TranslateSource(ALIAS),
            "snat ip prefix to 10.200.1.0/24",
            id="source one to one",
        ),
        pytest.param(
            Match(),
            TranslateDestination(HOST),
            "dnat ip to 192.168.1.7",
            id="destination to an address",
        ),
        pytest.param(
            TCP,
            TranslateDestination(HOST, 8080),
            "meta l4proto tcp dnat ip to 192.168.1.7:8080",
            id="destination to an address and port",
        ),
        pytest.param(
            Match(),
            TranslateDestination(LAN),
            "dnat ip prefix to 192.168.1.0/24",
            id="destination one to one",
        ),
    ],
)
def test_an_action_is_written_in_the_words_of_nft(match: Match, action: Action, words: str) -> None:
    assert write_rule(Rule(match, action, "why")) == f'{words} comment "why"'


@pytest.mark.parametrize(
    ("match", "action"),
    [
        pytest.param(Match(family=Family.IPV6, sources=(LAN,)), Drop(), id="IPv4 in IPv6"),
        pytest.param(
            Match(icmpv6_types=("packet-too-big",), destinations=(LAN,)), Drop(), id="IPv6 in IPv4"
        ),
        pytest.param(
            Match(icmpv6_types=("packet-too-big",), protocol=Protocol.TCP), Drop(), id="protocols"
        ),
        pytest.param(
            Match(protocol=Protocol.TCP, ports=(udp(53),)), Drop(), id="a port of another protocol"
        ),
        pytest.param(Match(ports=(Ports(Protocol.ANY),)), Drop(), id="a port of no protocol"),
        pytest.param(Match(original_port=80), Drop(), id="an original port of no protocol"),
        pytest.param(Match(protocol=Protocol.UDP), ClampMss(), id="a clamp of UDP"),
        pytest.param(Match(), TranslateDestination(HOST, 80), id="a new port of no protocol"),
        pytest.param(TCP, TranslateDestination(LAN, 80), id="a new port for a range"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(match: Match, action: Action) -> None:
    with pytest.raises(ContradictoryRuleError) as caught:
        write_rule(Rule(match, action, "why"))

    assert caught.value.rule.match == match


@pytest.mark.parametrize(
    "match",
    [
        pytest.param(Match(input_interfaces=('lan1" accept',)), id="quote"),
        pytest.param(Match(output_interfaces=("wan*",)), id="wildcard"),
        pytest.param(Match(output_interfaces=("sixteen-letters-",)), id="too long"),
        pytest.param(Match(input_interfaces=("",)), id="empty"),
        pytest.param(Match(icmpv6_types=("1 } accept",)), id="ICMPv6 type"),
    ],
)
def test_a_name_that_nft_would_read_otherwise_is_refused(match: Match) -> None:
    with pytest.raises(UnwritableValueError):
        write_rule(Rule(match, Accept(), "why"))


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        pytest.param("plain", '"plain"', id="plain"),
        pytest.param('a "b"; drop', "\"a 'b'; drop\"", id="double quotes become single"),
        pytest.param("a\nb\u202e", '"a<U+000A>b<U+202E>"', id="what cannot be seen is shown"),
        pytest.param("x" * MAX_NFT_COMMENT, f'"{"x" * MAX_NFT_COMMENT}"', id="longest"),
        pytest.param("é" * 64, f'"{"é" * 64}"', id="length is counted in bytes"),
    ],
)
def test_a_comment_holds_what_was_said(text: str, comment: str) -> None:
    assert write_nft_comment(text) == comment


def test_a_long_comment_is_shortened_and_still_its_own() -> None:
    one, other = ("namé-" * 40 + end for end in ("one", "other"))

    shortened = [write_nft_comment(text).strip('"') for text in (one, other)]

    assert shortened[0] != shortened[1]
    assert all(text.startswith("namé-namé-") and "…" in text for text in shortened)
    assert all(len(text.encode()) <= MAX_NFT_COMMENT for text in shortened)


@pytest.mark.parametrize(
    ("rules", "lengths"),
    [
        pytest.param([("lan1", "a"), ("lan1", "b")], [2], id="one place"),
        pytest.param([("lan1", "a"), ("wan0", "a")], [2], id="one reason"),
        pytest.param([("lan1", "a"), ("wan0", "b"), ("wan0", "c")], [1, 2], id="another of both"),
        pytest.param([("", "a"), ("lo", "b"), ("", "c")], [3], id="the device itself"),
    ],
)
def test_a_paragraph_holds_rules_of_one_place_or_one_reason(
    rules: list[tuple[str, str]], lengths: list[int]
) -> None:
    chain = RuleChain(
        Chain.FORWARD,
        accepts_rest=False,
        rules=tuple(
            Rule(Match(input_interfaces=(name,) if name else ()), Accept(), why)
            for name, why in rules
        ),
    )

    assert [len(paragraph) for paragraph in write_chain(chain).paragraphs] == lengths


@pytest.mark.parametrize(("accepts_rest", "policy"), [(True, "accept"), (False, "drop")])
@pytest.mark.parametrize("chain", Chain)
def test_a_chain_says_what_happens_to_the_rest(
    chain: Chain, accepts_rest: bool, policy: str
) -> None:
    assert write_chain(RuleChain(chain, accepts_rest, ())).hook.endswith(f"; policy {policy};")
