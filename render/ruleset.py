"""Turns typed packet rules into lines of nftables, one line a rule and one word group a field."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from msgspec import Struct

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
    TranslateDestination,
    TranslateSource,
)
from render.quoting import (
    Form,
    Written,
    write_interface,
    write_name,
    write_network,
    write_nft_comment,
    write_ports,
)
from terms.values import Ports, Protocol

WITH_PORTS = (Protocol.TCP, Protocol.UDP)


class ContradictoryRuleError(Exception):
    """No packet can match the rule, or nft(8) has no words for it; it carries rule and reason."""

    def __init__(self, rule: Rule, reason: str) -> None:
        super().__init__(f"{reason}: {rule}")
        self.rule = rule
        self.reason = reason


HOOKS = {
    Chain.PREROUTING: "type nat hook prerouting priority dstnat",
    Chain.MSS: "type filter hook forward priority mangle",
    Chain.INPUT: "type filter hook input priority filter",
    Chain.FORWARD: "type filter hook forward priority filter",
    Chain.POSTROUTING: "type nat hook postrouting priority srcnat",
}
PURPOSES = {
    Chain.PREROUTING: "Where a connection really goes: port forwards, and aliases of ranges here.",
    Chain.MSS: "How large TCP segments may be, so that they fit into the tunnels in one piece.",
    Chain.INPUT: "Who may talk to this device itself.",
    Chain.FORWARD: "Who may talk to whom through this device.",
    Chain.POSTROUTING: "Under which address a connection leaves: aliases, hairpins, the uplink.",
}


class ChainText(Struct, frozen=True):
    """A base chain ready to print; rules of one place or one reason stand together."""

    name: Written
    purpose: Written
    hook: Written
    paragraphs: tuple[tuple[Written, ...], ...]


def write_chain(chain: RuleChain) -> ChainText:
    """Write a chain; raises what `write_rule` raises."""
    policy = "accept" if chain.accepts_rest else "drop"
    return ChainText(
        name=Written(chain.chain),
        purpose=Written(PURPOSES[chain.chain]),
        hook=Written(f"{HOOKS[chain.chain]}; policy {policy};"),
        paragraphs=tuple(
            tuple(write_rule(rule) for rule in rules) for rules in _split_paragraphs(chain.rules)
        ),
    )


def write_rule(rule: Rule) -> Written:
    """Write a rule as a line; raises ContradictoryRuleError, and UnwritableValueError for names."""
    _refuse_contradiction(rule)
    words = [
        *_write_match(rule.match, says_tcp=isinstance(rule.action, ClampMss)),
        _write_action(rule.action),
        f"comment {write_nft_comment(rule.comment)}",
    ]
    return Written(" ".join(words))


def _split_paragraphs(rules: tuple[Rule, ...]) -> list[list[Rule]]:
    """Begin a paragraph where both the place packets come from and the reason are others."""
    paragraphs: list[list[Rule]] = []
    for rule in rules:
        if paragraphs and _is_continued(paragraphs[-1][-1], rule):
            paragraphs[-1].append(rule)
        else:
            paragraphs.append([rule])
    return paragraphs


def _is_continued(rule: Rule, following: Rule) -> bool:
    return rule.comment == following.comment or _place(rule) == _place(following)


def _place(rule: Rule) -> set[str]:
    """The interfaces of the side a rule speaks of; the device itself is everywhere."""
    return {*(rule.match.input_interfaces or rule.match.output_interfaces)} - {"lo"}


def _write_match(match: Match, says_tcp: bool) -> Iterator[str]:
    if match.input_interfaces:
        yield _write_set("iifname", map(_quote_interface, match.input_interfaces))
    if match.output_interfaces:
        yield _write_set("oifname", map(_quote_interface, match.output_interfaces))
    if match.family is not Family.ANY and not _speaks_of_a_version(match):
        yield f"meta nfproto {match.family}"
    for words, networks in (
        ("ip saddr", match.sources),
        ("ip saddr !=", match.not_sources),
        ("ip daddr", match.destinations),
        ("ip daddr !=", match.not_destinations),
        ("ct original ip daddr", match.original_destinations),
    ):
        if networks:
            yield _write_set(words, map(_write_network, networks))
    if match.protocol is not Protocol.ANY and not says_tcp:
        yield _write_protocol(match.protocol, match.ports)
    yield from _write_rest(match)


def _write_rest(match: Match) -> Iterator[str]:
    if match.original_port is not None:
        yield f"ct original proto-dst {match.original_port}"
    if match.local_destination:
        yield "fib daddr type local"
    if match.states:
        yield f"ct state {','.join(match.states)}"
    if match.icmpv6_types:
        types = (write_name(Form.ICMPV6_TYPE, name) for name in match.icmpv6_types)
        yield _write_set("icmpv6 type", types)


def _write_set(words: str, values: Iterable[str]) -> str:
    """Write `words one`, or `words { one, two }`."""
    first, *others = values
    return f"{words} {{ {', '.join([first, *others])} }}" if others else f"{words} {first}"


def _quote_interface(name: str) -> str:
    return f'"{write_interface(name)}"'


def _write_network(network: IPv4Network) -> str:
    """Write a single address without its length, as nft(8) prints it."""
    return write_network(network).removesuffix("/32")


def _write_protocol(protocol: Protocol, ports: tuple[Ports, ...]) -> str:
    if not ports or any(each.every_port for each in ports):
        return f"meta l4proto {protocol}"
    return _write_set(f"{protocol} dport", map(write_ports, ports))


def _write_action(action: Action) -> str:
    match action:
        case Accept():
            return "accept"
        case Drop():
            return "drop"
        case Masquerade():
            return "masquerade"
        case ClampMss():
            return "tcp flags syn tcp option maxseg size set rt mtu"
        case TranslateSource(to):
            return f"snat ip {_write_translation(to)}"
        case TranslateDestination(to, None):
            return f"dnat ip {_write_translation(to)}"
        case TranslateDestination(to, port):
            return f"dnat ip {_write_translation(to)}:{port}"


def _write_translation(to: IPv4Network) -> str:
    """Write where to; `prefix` replaces the network part alone, one to one (nft(8), NAT)."""
    written = _write_network(to)
    return f"prefix to {written}" if "/" in written else f"to {written}"


def _speaks_of_a_version(match: Match) -> bool:
    """Whether an address or an ICMPv6 type says already which IP version is meant."""
    return _has_ipv4_address(match) or bool(match.icmpv6_types)


def _has_ipv4_address(match: Match) -> bool:
    return bool(
        match.sources
        or match.not_sources
        or match.destinations
        or match.not_destinations
        or match.original_destinations
    )


def _refuse_contradiction(rule: Rule) -> None:
    reason = _find_version_contradiction(rule.match) or _find_port_contradiction(rule)
    if reason:
        raise ContradictoryRuleError(rule, reason)


def _find_version_contradiction(match: Match) -> str | None:
    if match.family is Family.IPV6 and _has_ipv4_address(match):
        return "an IPv4 address in a rule about IPv6"
    if match.icmpv6_types and (match.family is Family.IPV4 or _has_ipv4_address(match)):
        return "an ICMPv6 type in a rule about IPv4"
    if match.icmpv6_types and match.protocol is not Protocol.ANY:
        return "an ICMPv6 type in a rule about another protocol"
    return None


def _find_port_contradiction(rule: Rule) -> str | None:
    match, action = rule.match, rule.action
    if any(ports.protocol is not match.protocol for ports in match.ports):
        return "a port of another protocol than the rule's"
    asks_for_port = bool(match.ports) or match.original_port is not None
    if asks_for_port and match.protocol not in WITH_PORTS:
        return "a port in a rule about no protocol that has ports"
    if isinstance(action, ClampMss) and match.protocol not in (Protocol.TCP, Protocol.ANY):
        return "a segment size in a rule that is not about TCP"
    if isinstance(action, TranslateDestination) and action.port is not None:
        if match.protocol not in WITH_PORTS:
            return "a translated port in a rule about no protocol that has ports"
        if action.to.prefixlen < action.to.max_prefixlen:
            return "one translated port for a whole range of addresses"
    return None
