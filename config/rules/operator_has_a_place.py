"""The operator sits at a site, in prefixes from which devices may be managed."""

from collections.abc import Iterator

from config.network import Network, Operator
from config.suggest import suggest
from terms.problem import Problem
from terms.values import PrefixRole

# Whose hosts may log in when nothing is said.
USUAL_ROLES = frozenset({PrefixRole.USER, PrefixRole.INFRASTRUCTURE})


def check(network: Network) -> list[Problem]:
    """Refuse an operator at an unknown site or in unknown prefixes, or in none at all."""
    operator = network.network.operator
    if operator and operator.at not in network.sites:
        return [_refuse_site(network, operator)]
    at = operator.at if operator else min(network.sites, key=lambda name: network.sites[name].id)
    prefixes = network.sites[at].prefixes
    if operator and operator.prefixes:
        return list(_check_prefixes(operator, list(prefixes)))
    if any(prefix.role in USUAL_ROLES for prefix in prefixes.values()):
        return []
    return [
        Problem(
            "E-MGT-09",
            "la1r:network.operator",
            f"{at}, where the operator sits, has no prefix of role user or infrastructure",
            "no address might log in to the devices once their firewalls are up",
            "write `operator: {at: SITE, prefixes: [...]}` with the operator's own prefix",
        )
    ]


def _refuse_site(network: Network, operator: Operator) -> Problem:
    return Problem(
        "E-MGT-06",
        "la1r:network.operator.at",
        f"there is no site {operator.at}",
        "it is unclear from where devices are managed, and which is changed last",
        suggest(operator.at, network.sites),
    )


def _check_prefixes(operator: Operator, known: list[str]) -> Iterator[Problem]:
    for index, name in enumerate(operator.prefixes):
        if name not in known:
            yield Problem(
                "E-MGT-07",
                f"la1r:network.operator.prefixes[{index}]",
                f"{operator.at} has no prefix {name}",
                "nobody in it could be let in to the devices",
                suggest(name, known),
            )
