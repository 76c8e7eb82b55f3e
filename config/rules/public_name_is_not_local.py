"""The name that outsiders dial is none that the sites' own name servers answer for."""

from collections.abc import Iterator

from config.network import Network
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a public name that lies in the zone of a site."""
    domain = network.network.domain
    zones = {f"{site}.{domain}" for site in network.sites}
    return [
        Problem(
            "E-NAM-10",
            path,
            f"{name} lies in {zone}, which the sites' name servers keep to themselves",
            "inside nobody could look it up, and who roams home could not dial it",
            "give la1r:network.domain a name that no public name ends in, as `internal`",
        )
        for path, name in _public_names(network)
        for zone in _enclosing(name)
        if zone in zones
    ]


def _public_names(network: Network) -> Iterator[tuple[str, str]]:
    for site, record in network.sites.items():
        if record.circuit.endpoint:
            yield f"la1r:sites.{site}.circuit.endpoint", record.circuit.endpoint
    for name, endpoint in network.vpn.endpoints.items():
        if endpoint.host:
            yield f"la1r:vpn.endpoints.{name}.host", endpoint.host


def _enclosing(name: str) -> Iterator[str]:
    """The name itself, and every domain that it lies in."""
    labels = name.split(".")
    for start in range(len(labels)):
        yield ".".join(labels[start:])
