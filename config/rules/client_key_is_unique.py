"""A VPN client has a key of its own."""

from config.network import Network
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a public key that two clients have."""
    first: dict[str, str] = {}
    found = []
    for name, client in network.vpn.clients.items():
        other = first.setdefault(client.public_key, name)
        if other != name:
            found.append(
                Problem(
                    "E-CLT-04",
                    f"la1r:vpn.clients.{name}.public_key",
                    f"{name} has the public key of {other} (la1r:vpn.clients.{other}.public_key)",
                    "the two could not be told apart, and one could not be shut out alone",
                    f"make a key for {name}: `la1r client add`",
                )
            )
    return found
