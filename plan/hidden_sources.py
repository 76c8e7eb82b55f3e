"""Translation rules of a device -> whether packets of a flow go on under its own address."""

from ipaddress import IPv4Network

from plan.model import PlannedFlow
from plan.ruleset import Masquerade, Match, Rule
from plan.sighting import Sighting


def hide_sources(
    rules: tuple[Rule, ...], flow: PlannedFlow, sighting: Sighting
) -> tuple[IPv4Network, ...] | None:
    """The sources that stay visible behind the device; None where it hides none of them."""
    for rule in rules:
        if isinstance(rule.action, Masquerade) and _concerns(rule.match, flow, sighting):
            return _left_over(rule.match, sighting)
    return None


def _concerns(match: Match, flow: PlannedFlow, sighting: Sighting) -> bool:
    return (
        _is_one_of(sighting.leaves, match.output_interfaces)
        and _is_one_of(sighting.enters, match.input_interfaces)
        and _overlap(match.sources, sighting.sources)
        and _overlap(match.destinations, sighting.destinations)
        and match.original_port in (None, flow.public_port)
    )


def _is_one_of(interface: str | None, asked: tuple[str, ...]) -> bool:
    return not asked or interface in asked


def _overlap(asked: tuple[IPv4Network, ...], found: tuple[IPv4Network, ...]) -> bool:
    """Whether a rule that asks for these networks meets packets of those; no question meets all."""
    return not asked or any(a.overlaps(f) for a in asked for f in found)


def _left_over(match: Match, sighting: Sighting) -> tuple[IPv4Network, ...]:
    whole = _covers(match.destinations, sighting.destinations)
    if not whole:
        return sighting.sources
    return tuple(s for s in sighting.sources if not _covers(match.sources, (s,)))


def _covers(asked: tuple[IPv4Network, ...], found: tuple[IPv4Network, ...]) -> bool:
    return not asked or all(any(f.subnet_of(a) for a in asked) for f in found)
