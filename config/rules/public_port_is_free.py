"""A public port of a site leads to one place."""

from collections import defaultdict
from collections.abc import Iterator

from config.network import Network
from config.published import Publication, list_publications
from terms.problem import Problem
from terms.values import Protocol


def check(network: Network) -> list[Problem]:
    """Refuse a public port that two flows take at one site."""
    groups: dict[tuple[str, Protocol], list[Publication]] = defaultdict(list)
    for one in list_publications(network):
        groups[one.site, one.ports.protocol].append(one)
    return [problem for group in groups.values() for problem in _check(group)]


def _check(group: list[Publication]) -> Iterator[Problem]:
    ordered = sorted(group, key=lambda one: (one.ports.first, one.path))
    widest = ordered[0]
    for one in ordered[1:]:
        if one.ports.first <= widest.ports.last:
            yield Problem(
                "E-FLW-10",
                one.path,
                f"the public port {one.ports} of {one.site} leads to {one.target}, and"
                f" {widest.ports} to {widest.target} ({widest.path})",
                "a router forwards a public port to one place, and would drop the other rule",
                "choose another public port for one of them",
            )
        if one.ports.last > widest.ports.last:
            widest = one
