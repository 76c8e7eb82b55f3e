"""A VPN client has a key of its own."""

from config.network import Network
from config.repeats import find_repeats
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a public key that two clients have."""
    keys = (
        (client.public_key, f"la1r:vpn.clients.{name}.public_key")
        for name, client in network.vpn.clients.items()
    )
    return [
        Problem(
            "E-CLT-04",
            path,
            f"the public key is that of another client ({other})",
            "the two could not be told apart, and one could not be shut out alone",
            "make a key for this client with `wg genkey`, and write what `wg pubkey` makes of it",
        )
        for _, path, other in find_repeats(keys)
    ]
