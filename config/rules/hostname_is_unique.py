"""A public name belongs to one service."""

from config.network import Network
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a hostname that two services have."""
    first: dict[str, str] = {}
    found = []
    for tenant_name, tenant in network.tenants.items():
        for name, service in tenant.services.items():
            for index, host in enumerate(service.hostnames):
                path = f"la1r:tenants.{tenant_name}.services.{name}.hostnames[{index}]"
                other = first.setdefault(host, path)
                if other != path:
                    found.append(
                        Problem(
                            "E-SVC-04",
                            path,
                            f"{host} is given to {other} already",
                            "one tenant could receive what is meant for the other",
                            "keep the name at one of them",
                        )
                    )
    return found
