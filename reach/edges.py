"""A plan and its policies -> every range that something in them names."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from plan.model import Plan, PlannedPrefix
from plan.ruleset import Rule, TranslateDestination, TranslateSource
from reach.policy_form import Policy
from terms.values import PrefixRole


def find_edges(plan: Plan, policies: Iterable[Policy]) -> frozenset[IPv4Network]:
    """Every range named, and what 1:1 translation makes of those behind an alias."""
    named = {
        *_of_devices(plan),
        *_of_flows(plan),
        *_of_prefixes(plan),
        *_of_policies(policies),
    }
    mirrored = {image for prefix in plan.addresses.prefixes for image in _images(prefix, named)}
    return frozenset(named | mirrored)


def _of_devices(plan: Plan) -> Iterator[IPv4Network]:
    for device in plan.devices:
        for _, rule in device.ruleset.rules():
            yield from _of_rule(rule)
        for route in device.routes:
            yield route.destination
        for tunnel in device.wireguard:
            yield tunnel.address.network
            # A client's own address says only that it exists; rules tell clients apart or do not.
            for peer in (peer for peer in tunnel.peers if peer.gateway):
                yield from peer.allowed_ips
    for sheet in plan.router_sheets:
        for static in sheet.routes:
            yield static.destination


def _of_rule(rule: Rule) -> Iterator[IPv4Network]:
    match = rule.match
    yield from match.sources
    yield from match.not_sources
    yield from match.destinations
    yield from match.not_destinations
    yield from match.original_destinations
    if isinstance(rule.action, TranslateDestination | TranslateSource):
        yield rule.action.to


def _of_flows(plan: Plan) -> Iterator[IPv4Network]:
    for flow in plan.flows:
        for party in (flow.source, flow.target):
            yield from party.networks
            yield from party.effective


def _of_prefixes(plan: Plan) -> Iterator[IPv4Network]:
    for prefix in plan.addresses.prefixes:
        yield prefix.cidr
        yield prefix.effective
        # A reserved range stands for nobody, so nothing in it needs to be told apart.
        if prefix.role is PrefixRole.LOAD_BALANCER:
            yield from _shares_in(plan, prefix)
    if plan.network.cluster:
        yield plan.network.cluster.pods
        yield plan.network.cluster.services


def _shares_in(plan: Plan, prefix: PlannedPrefix) -> Iterator[IPv4Network]:
    for tenant in plan.network.tenants.values():
        for service in tenant.services.values():
            if service.address and service.address in prefix.cidr:
                yield IPv4Network((int(service.address), 32))


def _of_policies(policies: Iterable[Policy]) -> Iterator[IPv4Network]:
    rules = (rule for policy in policies for rule in (*policy.ingress, *policy.egress))
    for peer in (peer for rule in rules for peer in rule.peers):
        yield from peer.block.networks if peer.block else ()


def _images(prefix: PlannedPrefix, named: set[IPv4Network]) -> Iterator[IPv4Network]:
    """Ranges of a prefix as its alias shows them, and the other way round."""
    if prefix.alias is None:
        return
    for near, far in ((prefix.cidr, prefix.alias), (prefix.alias, prefix.cidr)):
        shift = int(far.network_address) - int(near.network_address)
        for network in named:
            if network.subnet_of(near):
                yield IPv4Network((int(network.network_address) + shift, network.prefixlen))
