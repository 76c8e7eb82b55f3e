"""Sites and tenants have names that a flow can tell apart."""

from config.network import Network
from config.references import RESERVED_WORDS
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse names that are words of flows, and a site and a tenant of one name."""
    found = []
    for area, names in (("sites", network.sites), ("tenants", network.tenants)):
        found += [
            Problem(
                "E-NAM-06",
                f"la1r:{area}.{name}",
                f"{name} is a word that flows use for something else",
                "a flow from or to it would mean the other thing",
                f"rename it; taken are {', '.join(sorted(RESERVED_WORDS))}",
            )
            for name in names
            if name in RESERVED_WORDS
        ]
    found += [
        Problem(
            "E-NAM-07",
            f"la1r:tenants.{name}",
            f"{name} is the name of a site (la1r:sites.{name}) and of a tenant",
            "a flow from or to it could mean either",
            "rename one of them",
        )
        for name in network.tenants
        if name in network.sites
    ]
    return found
