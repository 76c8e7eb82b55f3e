"""`la1r client list`: who may dial in, until when, and when each was seen last."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from ipaddress import IPv4Address

import click

from cli.client_seen import Known, Sight, Sights, endpoint_devices, see_clients
from cli.exits import Exit
from cli.live import now
from cli.stack import Whole, compute_whole
from config.expiry import NOTICE_DAYS

HEADINGS = ("CLIENT", "TENANT", "ENDPOINT", "ADDRESS", "LAST DAY")
SEEN = "LAST HANDSHAKE"
# Seconds of each unit, the largest first.
UNITS = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}


@dataclass(frozen=True, slots=True)
class Row:
    """One client, as the list shows it."""

    name: str
    tenant: str
    endpoint: str
    address: IPv4Address
    expires: str | None


def run_list(stack: str, *, as_json: bool, offline: bool) -> Exit:
    """List the clients of one stack; endpoints are asked unless that is not wanted."""
    whole = compute_whole(stack)
    rows = tuple(list_rows(whole))
    sights = None if offline or not rows else see(whole)
    if as_json:
        click.echo(json.dumps(list_record(rows, sights), indent=2))
    elif rows:
        print_rows(whole, rows, sights)
    else:
        click.echo(f"{stack} has no VPN clients. `la1r client add` makes one.")
    return Exit.FINE


def see(whole: Whole) -> Sights:
    """Ask the endpoints, and say that this goes on."""
    from cli.drift import say_that_it_goes_on

    with say_that_it_goes_on(len(set(endpoint_devices(whole).values()))):
        return see_clients(whole)


def list_rows(whole: Whole) -> Iterator[Row]:
    """The clients by endpoint, then by number."""
    vpn = whole.stack.network.vpn
    ordered = sorted(vpn.clients.items(), key=lambda item: (item[1].endpoint, item[1].index))
    for name, client in ordered:
        endpoint = vpn.endpoints[client.endpoint]
        address = endpoint.cidr.network_address + client.index
        yield Row(name, endpoint.tenant, client.endpoint, address, client.expires)


# ---------------------------------------------------------------- text


def print_rows(whole: Whole, rows: Sequence[Row], sights: Sights | None) -> None:
    """Print the table, and below it what endpoints did not say, or say of others."""
    today = date.today()  # noqa: DTZ011 - a day of the user's own calendar
    table: list[tuple[str, ...]] = [(*HEADINGS, SEEN) if sights else HEADINGS]
    for row in rows:
        seen = (write_sight(sights.clients[row.name], now()),) if sights else ()
        table.append((*cells_of(row, today), *seen))
    for line in table_lines(table):
        click.echo(line)
    for line in note_lines(whole, sights) if sights else ():
        click.secho(line, fg="yellow", err=True)


def note_lines(whole: Whole, sights: Sights) -> Iterator[str]:
    """Endpoints that were not read, and keys that only endpoints know."""
    for device, reason in sights.unread.items():
        yield f"{device} was not read, so nothing is known of its clients now: {reason}"
    for endpoint, keys in sights.strangers.items():
        count = "1 key that is" if len(keys) == 1 else f"{len(keys)} keys that are"
        yield (
            f"{endpoint} still lets in {count} no client's: {', '.join(keys)}. If it was revoked,"
            f" `la1r up --stack {whole.name}` takes it away."
        )


def cells_of(row: Row, today: date) -> tuple[str, ...]:
    """A client as cells of the table."""
    return (row.name, row.tenant, row.endpoint, str(row.address), write_day(row.expires, today))


def write_day(text: str | None, today: date) -> str:
    """The last day, and how far it is where that matters."""
    if text is None:
        return "-"
    days = (date.fromisoformat(text) - today).days
    if days < 0:
        return f"{text} (past)"
    return f"{text} (in {days} days)" if days <= NOTICE_DAYS else text


def write_sight(sight: Sight, moment: int) -> str:
    """When a client was seen last, as a person says it; or why that is not known."""
    if sight.known is not Known.SEEN or sight.moment is None:
        return sight.known.value
    ago = max(moment - sight.moment, 0)
    name, size = next((item for item in UNITS.items() if ago >= item[1]), ("second", 1))
    count = ago // size
    return f"{count} {name}{'s' * (count != 1)} ago"


def table_lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as their widest cell, two blanks apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


# ---------------------------------------------------------------- JSON


def list_record(rows: Sequence[Row], sights: Sights | None) -> dict[str, object]:
    """All of it as plain data; what was not asked for is not there."""
    clients = [record_of(row, sights.clients[row.name] if sights else None) for row in rows]
    if sights is None:
        return {"clients": clients}
    return {
        "clients": clients,
        "unread": [{"device": d, "reason": reason} for d, reason in sights.unread.items()],
        "strangers": {endpoint: list(keys) for endpoint, keys in sights.strangers.items()},
    }


def record_of(row: Row, sight: Sight | None) -> dict[str, object]:
    """A client as plain data; its last handshake in UTC, null where there is none to tell."""
    return {
        "name": row.name,
        "tenant": row.tenant,
        "endpoint": row.endpoint,
        "address": str(row.address),
        "expires": row.expires,
        **(sight_record(sight) if sight else {}),
    }


def sight_record(sight: Sight) -> dict[str, object]:
    """What is known of the last handshake."""
    moment = None if sight.moment is None else datetime.fromtimestamp(sight.moment, UTC)
    return {"state": sight.known.value, "last_handshake": moment and moment.isoformat()}
