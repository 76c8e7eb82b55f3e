"""Reads what `nft -j list table` prints into typed rules, and knows which mean the same."""

import json
from collections.abc import Callable, Iterable, Mapping
from ipaddress import (
    IPv4Address,
    IPv4Network,
    collapse_addresses,
    summarize_address_range,
)
from typing import cast

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
)
from render.quoting import write_nft_comment
from terms.values import Ports, Protocol

# Kind, hook and priority that nft(8) must print for each chain.
PLACES = {
    Chain.PREROUTING: ("nat", "prerouting", -100),
    Chain.MSS: ("filter", "forward", -150),
    Chain.INPUT: ("filter", "input", 0),
    Chain.FORWARD: ("filter", "forward", 0),
    Chain.POSTROUTING: ("nat", "postrouting", 100),
}


def read_ruleset(text: str) -> Ruleset:
    """Read the table; raises ValueError for anything that no typed rule can say."""
    items = cast("list[dict[str, dict[str, object]]]", json.loads(text)["nftables"])
    chains = [item["chain"] for item in items if "chain" in item]
    rules = [item["rule"] for item in items if "rule" in item]
    return Ruleset(
        tuple(
            _read_chain(chain, [rule for rule in rules if rule["chain"] == chain["name"]])
            for chain in chains
        )
    )


def _read_chain(chain: dict[str, object], rules: list[dict[str, object]]) -> RuleChain:
    name = Chain(str(chain["name"]))
    place = (chain["type"], chain["hook"], chain["prio"])
    if place != PLACES[name]:
        raise ValueError(f"{name} stands at {place}")
    return RuleChain(name, chain["policy"] == "accept", tuple(map(_read_rule, rules)))


def _read_rule(rule: dict[str, object]) -> Rule:
    match = Match()
    *statements, last = cast("list[dict[str, object]]", rule["expr"])
    for statement in statements:
        match = _read_statement(statement, match)
    return Rule(match, _read_action(last), str(rule["comment"]))


def _read_statement(statement: dict[str, object], match: Match) -> Match:
    content = cast("dict[str, object]", statement["match"])
    right = content["right"]
    words = f"{_name_field(content['left'])} {content['op']}"
    return READERS[words](match, list(_list_values(right)))


def _name_field(left: object) -> str:
    match left:
        case {"meta": {"key": key}}:
            return f"{key}"
        case {"payload": {"protocol": protocol, "field": field}}:
            return f"{protocol} {field}"
        case {"ct": {"key": key, "dir": direction}}:
            return f"ct {direction} {key}"
        case {"ct": {"key": key}}:
            return f"ct {key}"
        case {"fib": {"result": result, "flags": [flag]}}:
            return f"fib {flag} {result}"
    raise ValueError(f"no typed rule speaks of {left}")


def _list_values(right: object) -> Iterable[object]:
    match right:
        case {"set": list(values)} | list(values):
            return values
        case _:
            return [right]


def _read_networks(value: object) -> Iterable[IPv4Network]:
    match value:
        case {"prefix": {"addr": str(address), "len": int(length)}}:
            return [IPv4Network(f"{address}/{length}")]
        case {"range": [str(first), str(last)]}:
            return summarize_address_range(IPv4Address(first), IPv4Address(last))
        case str(address):
            return [IPv4Network(address)]
    raise ValueError(f"{value} is no network")


def _read_ports(protocol: Protocol, value: object) -> Ports:
    match value:
        case {"range": [int(first), int(last)]}:
            return Ports(protocol, first, last)
        case int(port):
            return Ports(protocol, port, port)
    raise ValueError(f"{value} is no port")


Reader = Callable[[Match, list[object]], Match]


def _networks(values: list[object]) -> tuple[IPv4Network, ...]:
    return tuple(network for value in values for network in _read_networks(value))


def _texts(values: list[object]) -> tuple[str, ...]:
    return tuple(map(str, values))


def _ports_reader(protocol: Protocol) -> Reader:
    return lambda match, values: replace(
        match, protocol=protocol, ports=tuple(_read_ports(protocol, value) for value in values)
    )


READERS: Mapping[str, Reader] = {
    "iifname ==": lambda match, values: replace(match, input_interfaces=_texts(values)),
    "oifname ==": lambda match, values: replace(match, output_interfaces=_texts(values)),
    "nfproto ==": lambda match, values: replace(match, family=Family(str(values[0]))),
    "l4proto ==": lambda match, values: replace(match, protocol=Protocol(str(values[0]))),
    "ip saddr ==": lambda match, values: replace(match, sources=_networks(values)),
    "ip saddr !=": lambda match, values: replace(match, not_sources=_networks(values)),
    "ip daddr ==": lambda match, values: replace(match, destinations=_networks(values)),
    "ip daddr !=": lambda match, values: replace(match, not_destinations=_networks(values)),
    "tcp dport ==": _ports_reader(Protocol.TCP),
    "udp dport ==": _ports_reader(Protocol.UDP),
    # The first half of a segment clamp.
    "tcp flags in": lambda match, _: replace(match, protocol=Protocol.TCP),
    "ct original ip daddr ==": lambda match, values: replace(
        match, original_destinations=_networks(values)
    ),
    "ct original proto-dst ==": lambda match, values: replace(
        match, original_port=int(str(values[0]))
    ),
    "fib daddr type ==": lambda match, values: replace(
        match, local_destination=values == ["local"]
    ),
    "ct state in": lambda match, values: replace(match, states=tuple(map(State, _texts(values)))),
    "icmpv6 type ==": lambda match, values: replace(match, icmpv6_types=_texts(values)),
}


def _read_action(statement: dict[str, object]) -> Action:
    match statement:
        case {"accept": None}:
            return Accept()
        case {"drop": None}:
            return Drop()
        case {"masquerade": None}:
            return Masquerade()
        case {"snat": {"family": "ip", "addr": address, **more}}:
            return TranslateSource(_read_target(address, more.get("flags")))
        case {"dnat": {"family": "ip", "addr": address, **more}}:
            port = more.get("port")
            target = _read_target(address, more.get("flags"))
            return TranslateDestination(target, None if port is None else int(str(port)))
        case {
            "mangle": {
                "key": {"tcp option": {"name": "maxseg", "field": "size"}},
                "value": {"rt": {"key": "mtu"}},
            }
        }:
            return ClampMss()
    raise ValueError(f"no typed rule does {statement}")


def _read_target(address: object, flags: object) -> IPv4Network:
    """One to one is `flags netmap`; without it a range would be spread over at random."""
    (network,) = _read_networks(address)
    if (network.prefixlen < network.max_prefixlen) != (flags == "netmap"):
        raise ValueError(f"{address} neither is one address nor keeps the host part")
    return network


def meaning(ruleset: Ruleset) -> Ruleset:
    """Say what is implied and order what has no order: rulesets of one meaning become equal."""
    return Ruleset(
        tuple(
            replace(chain, rules=tuple(map(_rule_meaning, chain.rules))) for chain in ruleset.chains
        )
    )


def _rule_meaning(rule: Rule) -> Rule:
    match = rule.match
    clamps = isinstance(rule.action, ClampMss)
    return Rule(
        replace(
            match,
            input_interfaces=tuple(sorted(set(match.input_interfaces))),
            output_interfaces=tuple(sorted(set(match.output_interfaces))),
            family=_family_meaning(match),
            sources=tuple(collapse_addresses(match.sources)),
            not_sources=tuple(collapse_addresses(match.not_sources)),
            destinations=tuple(collapse_addresses(match.destinations)),
            not_destinations=tuple(collapse_addresses(match.not_destinations)),
            protocol=Protocol.TCP if clamps else match.protocol,
            ports=_merge_ports(match.ports),
            original_destinations=tuple(collapse_addresses(match.original_destinations)),
            states=tuple(sorted(set(match.states))),
            icmpv6_types=tuple(sorted(set(match.icmpv6_types))),
        ),
        rule.action,
        write_nft_comment(rule.comment).strip('"'),
    )


def _family_meaning(match: Match) -> Family:
    fields = (
        match.sources,
        match.not_sources,
        match.destinations,
        match.not_destinations,
        match.original_destinations,
    )
    if any(fields):
        return Family.IPV4
    return Family.IPV6 if match.icmpv6_types else match.family


def _merge_ports(ports: Iterable[Ports]) -> tuple[Ports, ...]:
    """Join ranges that touch; every port of a protocol is the protocol alone."""
    merged: list[Ports] = []
    for each in sorted(ports):
        if merged and each.first <= merged[-1].last + 1:
            last = merged[-1]
            merged[-1] = Ports(last.protocol, last.first, max(last.last, each.last))
        else:
            merged.append(each)
    return () if any(each.every_port for each in merged) else tuple(merged)
