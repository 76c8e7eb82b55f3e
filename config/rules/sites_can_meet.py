"""Two sites can be joined: one of them can be dialled, or a third one passes on."""

from config.inventory import can_be_dialled
from config.network import Network
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse two sites that nobody can dial when no relay can be dialled either."""
    sites = network.sites.items()
    if any(site.relay and can_be_dialled(site) for _, site in sites):
        return []
    hidden = [name for name, site in sites if not can_be_dialled(site)]
    if len(hidden) < 2:
        return []
    # Each is named once, with the first: naming every pair would say the same many times.
    return [_refuse(name, hidden[0]) for name in hidden[1:]]


def _refuse(name: str, other: str) -> Problem:
    return Problem(
        "E-VPN-07",
        f"la1r:sites.{name}.circuit",
        f"neither {name} nor {other} (la1r:sites.{other}.circuit) can be dialled,"
        " and no site that can is a relay",
        "no tunnel between the two could ever be built",
        "write `endpoint:` for one of the two circuits, or `relay: true` for a site that has one",
    )
