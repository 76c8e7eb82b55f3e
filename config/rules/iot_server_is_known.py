"""The server that IoT devices may reach exists, and is asked for where it has a meaning."""

from config.inventory import site_path
from config.network import Network
from config.unknown import check_device
from terms.problem import Problem
from terms.values import PrefixRole


def check(network: Network) -> list[Problem]:
    """Refuse an unknown server, and a server of a prefix that is not for IoT."""
    found: list[Problem] = []
    for site_name, site in network.sites.items():
        for name, prefix in site.prefixes.items():
            if prefix.server is None:
                continue
            path = f"{site_path(site_name, 'prefixes', name)}.server"
            found.extend(check_device(network, prefix.server, path, site_name))
            if prefix.role is not PrefixRole.IOT:
                found.append(
                    Problem(
                        "E-DEV-08",
                        path,
                        f"{name} has role {prefix.role} and a server",
                        "the server has a meaning for role iot alone, so nothing would be opened",
                        "write `role: iot`, or a flow to that server",
                    )
                )
    return found
