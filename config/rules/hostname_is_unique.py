"""A public name belongs to one service."""

from collections.abc import Iterator

from config.network import Network
from config.repeats import find_repeats
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a hostname that two services have."""
    return [
        Problem(
            "E-SVC-04",
            path,
            f"{host} is already given to {other}",
            "one tenant could receive what is meant for the other",
            "keep the name at one of them",
        )
        for host, path, other in find_repeats(_hostnames(network))
    ]


def _hostnames(network: Network) -> Iterator[tuple[str, str]]:
    for tenant_name, tenant in network.tenants.items():
        for name, service in tenant.services.items():
            path = f"la1r:tenants.{tenant_name}.services.{name}.hostnames"
            for index, host in enumerate(service.hostnames):
                yield host, f"{path}[{index}]"
