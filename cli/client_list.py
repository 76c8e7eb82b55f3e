"""`la1r client list`: who may dial in, until when, and when each was seen last."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Address

import click

from cli.exits import Exit
from cli.stack import Whole, compute_whole
from config.expiry import NOTICE_DAYS


@dataclass(frozen=True, slots=True)
class Row:
    """One client, as the list shows it."""

    name: str
    tenant: str
    endpoint: str
    address: IPv4Address
    expires: str | None


def run_list(stack: str, *, as_json: bool) -> Exit:
    """List the clients of one stack."""
    whole = compute_whole(stack)
    rows = tuple(list_rows(whole))
    today = date.today()  # noqa: DTZ011 - a day of the user's own calendar
    if as_json:
        click.echo(json.dumps({"clients": [record_of(row) for row in rows]}, indent=2))
    elif rows:
        for line in table_lines([HEADINGS, *(cells_of(row, today) for row in rows)]):
            click.echo(line)
    else:
        click.echo(f"{stack} has no VPN clients. `la1r client add` makes one.")
    return Exit.FINE


def list_rows(whole: Whole) -> Iterator[Row]:
    """The clients by endpoint, then by number."""
    vpn = whole.stack.network.vpn
    ordered = sorted(vpn.clients.items(), key=lambda item: (item[1].endpoint, item[1].index))
    for name, client in ordered:
        endpoint = vpn.endpoints[client.endpoint]
        address = endpoint.cidr.network_address + client.index
        yield Row(name, endpoint.tenant, client.endpoint, address, client.expires)


HEADINGS = ("CLIENT", "TENANT", "ENDPOINT", "ADDRESS", "LAST DAY")


def record_of(row: Row) -> dict[str, object]:
    """A client as plain data."""
    return {
        "name": row.name,
        "tenant": row.tenant,
        "endpoint": row.endpoint,
        "address": str(row.address),
        "expires": row.expires,
    }


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


def table_lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as their widest cell, two blanks apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
