"""Typed rules -> the IPv6 packets that they would let through, though this version plans none."""

from collections.abc import Iterator

from plan.model import DevicePlan, Plan
from plan.ruleset import Accept, Chain, Drop, Family, Match, Rule, RuleChain, State
from terms.problem import Problem
from terms.values import Protocol

LOOPBACK = "lo"
FILTERS = (Chain.INPUT, Chain.FORWARD)


def find_ipv6_openings(plan: Plan) -> Iterator[Problem]:
    """Rules that accept a new IPv6 connection from outside the device.

    Answers and the ICMPv6 messages that IPv6 itself needs are none (RFC 4890).
    """
    for device in plan.devices:
        for name in FILTERS:
            chain = device.ruleset.chain(name)
            # On a node only named interfaces are filtered, and the rest is the cluster's own.
            if chain is None or (chain.accepts_rest and device.cluster_node):
                continue
            for number, rule in _openings(chain):
                yield _problem(device, name, number, rule)


def _openings(chain: RuleChain) -> Iterator[tuple[int, Rule | None]]:
    for number, rule in enumerate(chain.rules, start=1):
        if not _concerns_ipv6(rule.match):
            continue
        if isinstance(rule.action, Drop) and _drops_all(rule.match):
            return
        if isinstance(rule.action, Accept) and not _is_needed(rule.match):
            yield number, rule
    if chain.accepts_rest:
        yield len(chain.rules) + 1, None


def _concerns_ipv6(match: Match) -> bool:
    names_ipv4 = match.sources or match.destinations or match.original_destinations
    is_new = not match.states or State.NEW in match.states
    excludes = match.not_sources or match.not_destinations
    return match.family is not Family.IPV4 and not names_ipv4 and not excludes and is_new


def _is_needed(match: Match) -> bool:
    return bool(match.icmpv6_types) or match.input_interfaces == (LOOPBACK,)


def _drops_all(match: Match) -> bool:
    named = match.input_interfaces or match.output_interfaces or match.ports or match.icmpv6_types
    return not named and match.protocol is Protocol.ANY and not match.states


def _problem(device: DevicePlan, chain: Chain, number: int, rule: Rule | None) -> Problem:
    by = f"rule {number} ({rule.comment})" if rule else "the chain's own verdict"
    return Problem(
        "E-RCH-03",
        "la1r:flows",
        f"{device.ref} lets new IPv6 connections through, by {by} of {chain}",
        "a provider's IPv6 would pass by every rule, for those are written for IPv4 alone",
        "report it: the rules of this device should drop IPv6 before anything else is accepted",
    )
