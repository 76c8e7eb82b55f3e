"""A network and a day -> warnings of VPN clients that expire."""

from collections.abc import Iterator
from datetime import date

from config.network import Network
from terms.problem import Problem, Severity

# Enough to reach the person, and for them to make a new key.
NOTICE_DAYS = 30


def find_expiries(network: Network, today: date) -> Iterator[Problem]:
    """Warn of clients whose last day is past, or near."""
    for name, client in network.vpn.clients.items():
        if client.expires:
            days = (date.fromisoformat(client.expires) - today).days
            if days <= NOTICE_DAYS:
                yield _warn(name, client.expires, days)


def _warn(name: str, last_day: str, days: int) -> Problem:
    past = days < 0
    return Problem(
        "W-EXP-02" if past else "W-EXP-03",
        f"la1r:vpn.clients.{name}.expires",
        f"the last day of {name} is {last_day}: "
        + (f"{-days} days ago" if past else f"{days} days ahead"),
        "WireGuard knows no expiry: the client keeps its access until it is removed"
        if past
        else "its owner should hear of it before access is taken away",
        f"take it out with `la1r client revoke {name}`, or write a later day",
        Severity.WARNING,
    )
