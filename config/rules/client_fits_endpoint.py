"""A VPN client has an endpoint, and an address in its range that nobody else has."""

from collections.abc import Iterator

from config.network import Network
from config.suggest import suggest
from terms.problem import Problem

# The endpoint itself has the first host's address.
FIRST_INDEX = 2


def check(network: Network) -> list[Problem]:
    """Refuse clients of unknown endpoints, and indexes that are taken or too high."""
    first: dict[tuple[str, int], str] = {}
    found: list[Problem] = []
    for name, client in network.vpn.clients.items():
        path = f"la1r:vpn.clients.{name}"
        found.extend(_check_range(network, name, path))
        other = first.setdefault((client.endpoint, client.index), name)
        if other != name:
            found.append(
                Problem(
                    "E-CLT-03",
                    f"{path}.index",
                    f"the index {client.index} of {name} is that of {other}"
                    f" (la1r:vpn.clients.{other}.index) on {client.endpoint}",
                    "WireGuard would send the packets of both to the one that comes last",
                    "give one of them a number that was never used",
                )
            )
    return found


def _check_range(network: Network, name: str, path: str) -> Iterator[Problem]:
    client = network.vpn.clients[name]
    endpoint = network.vpn.endpoints.get(client.endpoint)
    if endpoint is None:
        yield Problem(
            "E-CLT-01",
            f"{path}.endpoint",
            f"there is no VPN endpoint {client.endpoint}",
            f"{name} could not dial in anywhere",
            suggest(client.endpoint, network.vpn.endpoints),
        )
    # Of a range without room for any client another rule speaks.
    elif client.index > (highest := endpoint.cidr.num_addresses - 2) >= FIRST_INDEX:
        yield Problem(
            "E-CLT-02",
            f"{path}.index",
            f"the index {client.index} is beyond {endpoint.cidr}"
            f" (la1r:vpn.endpoints.{client.endpoint}.cidr), whose last host is number {highest}",
            "the client would get an address outside the range",
            f"choose a number from {FIRST_INDEX} to {highest}, or a wider range",
        )
