"""`la1r client`: reads the command line of the verbs about VPN clients."""

from typing import TypedDict, Unpack

import click

from cli.exits import Exit
from cli.options import json_option, stack_option


class Wishes(TypedDict):
    """The options of `client add`."""

    tenant: str | None
    endpoint: str | None
    index: int | None
    expires: str | None
    endpoint_key: str | None
    out: str | None
    qr: bool | None


@click.group()
def client() -> None:
    """Let people's devices into the VPN, and out again."""


@client.command()
@stack_option
@click.argument("name")
@click.option("--tenant", metavar="T", help="Whose device it is.")
@click.option(
    "--endpoint", metavar="E", help="Where it dials in; needed where the tenant has several."
)
@click.option("--expires", metavar="DATE", help="Its last day, as 2027-06-30: `check` warns then.")
@click.option(
    "--index",
    type=int,
    metavar="N",
    help="Its number in the endpoint's range; one above the highest by default.",
)
@click.option(
    "--endpoint-key",
    metavar="KEY",
    help="The endpoint's public key, where neither a state nor the device can be asked.",
)
@click.option(
    "--out", metavar="FILE", help="Write its file there, for the owner alone, and show no key."
)
@click.option(
    "--qr/--no-qr", default=None, help="Show the QR code; by default where stdout is a terminal."
)
def add(stack: str, name: str, **wish: Unpack[Wishes]) -> Exit:
    """Make a client's key, and show its file once."""
    from cli.client_add import Wish, run_add

    if not (wish["tenant"] or wish["endpoint"]):
        raise click.UsageError("Whose device is it? Say --tenant, or --endpoint.")
    return run_add(stack, name, Wish(**wish))


@client.command()
@stack_option
@click.argument("name")
def show(stack: str, name: str) -> Exit:
    """Print a client's file, without its key."""
    from cli.client_show import run_show

    return run_show(stack, name)


@client.command()
@stack_option
@click.argument("name")
def revoke(stack: str, name: str) -> Exit:
    """Take a client out of the description."""
    from cli.client_revoke import run_revoke

    return run_revoke(stack, name)


@client.command(name="list")
@stack_option
@json_option
@click.option("--offline", is_flag=True, help="Do not ask the endpoints for last handshakes.")
def list_clients(stack: str, as_json: bool, offline: bool) -> Exit:
    """List the clients, and when they were seen."""
    from cli.client_list import run_list

    return run_list(stack, as_json=as_json, offline=offline)
