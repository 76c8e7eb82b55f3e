"""`la1r client revoke`: takes a client out of the stack file; a deployment ends its access."""

from collections.abc import Iterator

import click

from cli.client_choice import taken_indexes
from cli.client_show import require_client
from cli.exits import Exit
from cli.stackedit import OpenStack, open_stack
from config.client_entry import remove_client
from config.network import Network
from config.vpn import VpnClient


def run_revoke(stack_name: str, name: str) -> Exit:
    """Remove one client's record, and say what that does and does not do."""
    with open_stack(stack_name) as stack:
        client = require_client(stack.whole, name)
        text = remove_client(stack.text, stack.file, name)
        whole = stack.compute(text, f"without the client {name}")
        with stack.prepare(text) as prepared:
            prepared.commit()
    for line in revoked_lines(stack, name, client, whole.stack.network):
        click.echo(line)
    return Exit.FINE


def revoked_lines(
    stack: OpenStack, name: str, client: VpnClient, network: Network
) -> Iterator[str]:
    """What was done, what is left to do, and what becomes of its number."""
    endpoint = network.vpn.endpoints[client.endpoint]
    yield f"{name} is out of {stack.file}."
    yield (
        f"It keeps its access until {endpoint.at} is told:"
        f" `la1r up --stack {stack.name}`. From then on its key opens nothing."
    )
    address = endpoint.cidr.network_address + client.index
    highest = max(taken_indexes(network, client.endpoint), default=0)
    if highest > client.index:
        yield (
            f"Its number {client.index} of {client.endpoint} ({address}) stays unused: new clients"
            f" get numbers above {highest}."
        )
    else:
        yield (
            f"Its number {client.index} was the highest of {client.endpoint}: the next client gets"
            f" it, and {address}, unless you add that one with --index {client.index + 1}."
        )
