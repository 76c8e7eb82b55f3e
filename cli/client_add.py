"""`la1r client add`: a key made here, its public half in the stack file, its file shown once."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date

import click

from cli.client_choice import choose_endpoint, choose_index, require_day_ahead
from cli.client_file import keep_in, print_code, print_file
from cli.client_keys import make_keys
from cli.endpoint_keys import require_endpoint_key
from cli.exits import Exit
from cli.stackedit import OpenStack, open_stack
from config.client_entry import add_client
from plan.clients import build_client
from plan.model import ClientProfile
from render.client import render_client


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for."""

    tenant: str | None
    endpoint: str | None
    index: int | None
    expires: str | None
    endpoint_key: str | None
    out: str | None
    qr: bool | None

    @property
    def shows_code(self) -> bool:
        """Whether a QR code is shown: to a person, unless the file goes elsewhere."""
        return self.qr if self.qr is not None else not self.out and sys.stdout.isatty()


def run_add(stack_name: str, name: str, wish: Wish) -> Exit:
    """Add one client; nothing is written before all of it is known to end well."""
    with open_stack(stack_name) as stack:
        record = describe_client(stack, name, wish)
        public_key = require_endpoint_key(stack.whole, str(record["endpoint"]), wish.endpoint_key)
        keys = make_keys()
        text = add_client(stack.text, stack.file, name, {**record, "public_key": keys.public})
        whole = stack.compute(text, f"with the client {name}")
        profile = build_client(whole.plan, name)
        deliver(stack, text, render_client(profile, public_key, keys.private), wish)
    say_added(stack, profile, int(record["index"]), wish)
    return Exit.FINE


def describe_client(stack: OpenStack, name: str, wish: Wish) -> dict[str, str | int]:
    """The record of the new client, but for its key; a usage error says what cannot be."""
    network = stack.whole.stack.network
    if name in network.vpn.clients:
        raise click.UsageError(
            f"There is a client {name} already. Choose another name, or revoke that one first."
        )
    endpoint = choose_endpoint(network, wish.tenant, wish.endpoint)
    require_day_ahead(wish.expires, date.today())  # noqa: DTZ011 - a day of the user's own calendar
    index = choose_index(network, endpoint, wish.index)
    # The key stands before the last day, as in every other record.
    record: dict[str, str | int] = {"endpoint": endpoint, "index": index, "public_key": ""}
    return {**record, **({"expires": wish.expires} if wish.expires else {})}


def deliver(stack: OpenStack, text: str, file: str, wish: Wish) -> None:
    """Hand the client's file over, then put the stack's new text in its place.

    In this order a failure leaves a file that opens nothing, and never a client whose key is lost.
    """
    with ExitStack() as steps:
        prepared = steps.enter_context(stack.prepare(text))
        if wish.out:
            steps.enter_context(keep_in(wish.out, file))
        else:
            print_file(file)
        if wish.shows_code:
            print_code(file)
        prepared.commit()


def say_added(stack: OpenStack, client: ClientProfile, index: int, wish: Wish) -> None:
    """Say what was done, and what is left to do; not on stdout, which may be a file."""
    kept = f"is in {wish.out} alone" if wish.out else "was shown this once and is kept nowhere"
    click.echo(
        f"\n{client.name} is in {stack.file} now: number {index} of {client.endpoint},"
        f" {client.address}. Its private key {kept}.\n"
        f"{client.device} lets it in after `la1r up --stack {stack.name}`.",
        err=True,
    )
