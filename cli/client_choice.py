"""What the user said of a new client -> its endpoint and number, or a usage error."""

from datetime import date

import click

from config.network import Network
from config.rules.client_fits_endpoint import FIRST_INDEX
from config.suggest import MAX_LISTED, suggest


def choose_endpoint(network: Network, tenant: str | None, endpoint: str | None) -> str:
    """The endpoint that was named, or the only one that the tenant has."""
    if tenant is not None and tenant not in network.tenants:
        raise click.UsageError(f"There is no tenant {tenant}: {suggest(tenant, network.tenants)}.")
    if endpoint is not None:
        return _require_endpoint(network, tenant, endpoint)
    own = [name for name, found in network.vpn.endpoints.items() if found.tenant == tenant]
    if len(own) == 1:
        return own[0]
    if own:
        raise click.UsageError(
            f"{tenant} has several endpoints. Say which with --endpoint: {', '.join(own)}."
        )
    raise click.UsageError(
        f"{tenant} has no VPN endpoint that a client could dial. Declare one under"
        " la1r:vpn.endpoints first."
    )


def _require_endpoint(network: Network, tenant: str | None, endpoint: str) -> str:
    found = network.vpn.endpoints.get(endpoint)
    if found is None:
        hint = suggest(endpoint, network.vpn.endpoints)
        raise click.UsageError(f"There is no VPN endpoint {endpoint}: {hint}.")
    if tenant is not None and found.tenant != tenant:
        raise click.UsageError(f"The endpoint {endpoint} is for {found.tenant}, not for {tenant}.")
    return endpoint


def choose_index(network: Network, endpoint: str, wanted: int | None) -> int:
    """The number that was named if nobody has it, else one above the highest.

    Gaps are left by clients that were revoked: what a log or a rule elsewhere says of their address
    would be taken for somebody else.
    """
    taken = taken_indexes(network, endpoint)
    highest = network.vpn.endpoints[endpoint].cidr.num_addresses - 2
    if wanted is not None:
        _require_free(endpoint, taken, wanted, highest)
        return wanted
    following = max(taken, default=FIRST_INDEX - 1) + 1
    if following > highest:
        free = [str(index) for index in range(FIRST_INDEX, highest + 1) if index not in taken]
        gaps = ", ".join(free[:MAX_LISTED]) + (", ..." if len(free) > MAX_LISTED else "")
        raise click.UsageError(
            f"No number above {max(taken)} is left in {endpoint}. "
            + (
                f"Give one that somebody had before, with --index: {gaps}."
                if free
                else "It is full."
            )
        )
    return following


def taken_indexes(network: Network, endpoint: str) -> dict[int, str]:
    """The clients of an endpoint by their numbers."""
    clients = network.vpn.clients.items()
    return {client.index: name for name, client in clients if client.endpoint == endpoint}


def _require_free(endpoint: str, taken: dict[int, str], wanted: int, highest: int) -> None:
    if wanted in taken:
        raise click.UsageError(f"The number {wanted} in {endpoint} is that of {taken[wanted]}.")
    if not FIRST_INDEX <= wanted <= highest:
        raise click.UsageError(
            f"{endpoint} has numbers from {FIRST_INDEX} to {highest}; {wanted} is none of them."
        )


def require_day_ahead(text: str | None, today: date) -> None:
    """Raise a usage error for a last day that is past; its form is for the description's rules."""
    try:
        past = text is not None and date.fromisoformat(text) < today
    except ValueError:
        return
    if past:
        raise click.UsageError(f"--expires {text} is past: that client would not live a day.")
