"""`la1r client show`: a client's file as it is today; its private key is nowhere to be had."""

import click

from cli.endpoint_keys import find_endpoint_key
from cli.exits import Exit
from cli.stack import Whole, compute_whole
from config.suggest import suggest
from config.vpn import VpnClient
from plan.clients import build_client
from render.client import render_client


def require_client(whole: Whole, name: str) -> VpnClient:
    """The client of that name; a usage error offers the nearest ones."""
    clients = whole.stack.network.vpn.clients
    if name not in clients:
        raise click.UsageError(
            f"There is no client {name} in stack {whole.name}: {suggest(name, clients)}."
        )
    return clients[name]


def run_show(stack: str, name: str) -> Exit:
    """Print one client's file."""
    whole = compute_whole(stack)
    client = require_client(whole, name)
    key, reasons = find_endpoint_key(whole, client.endpoint)
    click.echo(render_client(build_client(whole.plan, name), key, None), nl=False)
    if key is None:
        click.echo(f"\nThe public key of the endpoint {client.endpoint} is not known:", err=True)
        for reason in reasons:
            click.echo(f"  {reason}", err=True)
    return Exit.FINE
