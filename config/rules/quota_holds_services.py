"""A tenant's quota leaves room for what is published for it."""

from collections import Counter

from config.network import Network
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a quota that is smaller than the published services of a namespace."""
    found = []
    for name, tenant in network.tenants.items():
        published = Counter(one.namespace for one in tenant.services.values() if one.address)
        for key, limit in (
            ("services", tenant.quota.services),
            ("load_balancers", tenant.quota.load_balancers),
        ):
            found += [
                Problem(
                    "E-TEN-09",
                    f"la1r:tenants.{name}.quota.{key}",
                    f"the limit is {limit}, and what is published in {namespace} takes {count}",
                    "the cluster would refuse the rest of them",
                    f"write {count} or more",
                )
                for namespace, count in published.items()
                if count > limit
            ]
    return found
