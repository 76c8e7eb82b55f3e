"""The endpoint of a circuit is one that the internet reaches."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address

from config.network import Network
from config.ranges import PRIVATE
from config.site import Site
from terms.problem import Problem, Severity
from terms.values import CircuitKind


def check(network: Network) -> list[Problem]:
    """Refuse endpoints of circuits behind cgnat; warn of private addresses."""
    return [one for name, site in network.sites.items() for one in _check(name, site)]


def _check(name: str, site: Site) -> Iterator[Problem]:
    path, endpoint = f"la1r:sites.{name}.circuit.endpoint", site.circuit.endpoint
    if endpoint is None:
        return
    if site.circuit.kind is CircuitKind.CGNAT:
        yield Problem(
            "E-VPN-08",
            path,
            f"the circuit is cgnat, and {endpoint} is written for those who dial it",
            "the provider's own translation keeps them out, so tunnels would never come up",
            "write `kind: static` or `kind: dynamic` if it has a public address; else leave the"
            " endpoint out",
        )
    elif _is_private(endpoint):
        yield Problem(
            "W-VPN-09",
            path,
            f"{endpoint} is a private address",
            "nobody dials it from the internet: another router translates before this one",
            "write the public name, and forward the ports on that router; or write `kind: cgnat`",
            Severity.WARNING,
        )


def _is_private(endpoint: str) -> bool:
    try:
        address = IPv4Address(endpoint)
    except AddressValueError:
        return False
    return any(address in one for one in PRIVATE)
