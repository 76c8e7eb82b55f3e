"""Accept rules -> fewer that let the same packets through."""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network
from itertools import chain

from msgspec.structs import replace

from plan.ruleset import Match, Rule


def merge_rules(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Join rules of one flow that differ in one respect only; each flow stays at its first rule."""
    by_flow: dict[str, list[Rule]] = {}
    for rule in rules:
        by_flow.setdefault(rule.comment, []).append(rule)
    return tuple(chain.from_iterable(map(_merge, by_flow.values())))


def _merge(rules: list[Rule]) -> tuple[Rule, ...]:
    found = tuple(rules)
    if _all_differ_in_ports(found):
        return found
    found = tuple(dict.fromkeys(found))
    for blank, join in _RESPECTS:
        groups: dict[Rule, list[Match]] = {}
        for rule in found:
            groups.setdefault(replace(rule, match=blank(rule.match)), []).append(rule.match)
        found = tuple(replace(key, match=join(matches)) for key, matches in groups.items())
    return found


def _all_differ_in_ports(rules: tuple[Rule, ...]) -> bool:
    """Whether no two can be joined; most flows are so, and comparing whole rules takes long."""
    return len(rules) == len({(rule.match.protocol, rule.match.ports) for rule in rules})


Blank = Callable[[Match], Match]
Join = Callable[[list[Match]], Match]


def _join_networks(values: Iterable[tuple[IPv4Network, ...]]) -> tuple[IPv4Network, ...]:
    """All alternatives; none where one of them asks for nothing."""
    listed = list(values)
    return without_parts(n for value in listed for n in value) if all(listed) else ()


def without_parts(networks: Iterable[IPv4Network]) -> tuple[IPv4Network, ...]:
    """The networks in order, without those inside another: nft refuses overlaps in a set."""
    kept: list[IPv4Network] = []
    # In this order a network comes right after the one that holds it, or others that it holds.
    for network in sorted(set(networks)):
        if not kept or not network.subnet_of(kept[-1]):
            kept.append(network)
    return tuple(kept)


def _join_names(values: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    listed = list(values)
    return tuple(sorted({name for value in listed for name in value})) if all(listed) else ()


def _join_sources(matches: list[Match]) -> Match:
    return replace(matches[0], sources=_join_networks(match.sources for match in matches))


def _join_destinations(matches: list[Match]) -> Match:
    joined = _join_networks(match.destinations for match in matches)
    return replace(matches[0], destinations=joined)


def _join_inputs(matches: list[Match]) -> Match:
    joined = _join_names(match.input_interfaces for match in matches)
    return replace(matches[0], input_interfaces=joined)


def _join_outputs(matches: list[Match]) -> Match:
    joined = _join_names(match.output_interfaces for match in matches)
    return replace(matches[0], output_interfaces=joined)


_RESPECTS: tuple[tuple[Blank, Join], ...] = (
    (lambda match: replace(match, sources=()), _join_sources),
    (lambda match: replace(match, destinations=()), _join_destinations),
    (lambda match: replace(match, input_interfaces=()), _join_inputs),
    (lambda match: replace(match, output_interfaces=()), _join_outputs),
)
