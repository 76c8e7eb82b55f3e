"""`la1r strip`: gives a device back as it was before the first deployment, by a guarded change."""

import os
import subprocess
from collections.abc import Iterator

import click

from cli.exits import Exit
from cli.readings import list_requests, through
from cli.stack import Whole, compute_whole
from cli.state import agreed, expect_an_answer
from config.references import resolve_device
from config.suggest import suggest
from plan.model import DevicePlan

SCRIPT = "devices/apply"


def run_strip(stack: str, name: str, *, yes: bool) -> Exit:
    """Strip one device of a stack, after asking."""
    whole = compute_whole(stack)
    device = require_device(whole, name)
    require_another_way(device)
    expect_an_answer(yes=yes, verb="strip")
    for line in consequence_lines(whole, device):
        click.echo(line, err=True)
    if not agreed(f"Take everything of la1r off {device.ref}?", yes=yes):
        click.echo("Nothing was changed.", err=True)
        return Exit.FINE
    return Exit.FINE if strip_device(whole, str(device.ref)) == 0 else Exit.RUN_FAILED


def require_device(whole: Whole, name: str) -> DevicePlan:
    """The managed device of that name; a usage error offers the nearest ones."""
    ref = resolve_device(whole.stack.network, name)
    device = whole.plan.device(ref) if ref else None
    if device is None:
        hint = suggest(name, [str(each.ref) for each in whole.plan.devices])
        raise click.UsageError(f"There is no managed device '{name}': {hint}")
    return device


def require_another_way(device: DevicePlan) -> None:
    """Raise a usage error for a device that is reached through its own tunnel alone."""
    if device.management.in_band:
        raise click.UsageError(
            f"{device.ref} is reached through the mesh alone, so stripping it would cut the only"
            " way in, and it would undo that by itself. Give it a `manage.host` that is reached"
            " without the mesh, or do it on the spot."
        )


def consequence_lines(whole: Whole, device: DevicePlan) -> Iterator[str]:
    """What goes, what stays, and who is cut off."""
    yield (
        f"{device.ref} loses its packet rules, tunnels, routes, addresses, leases and names of"
        " la1r. Its keys stay, its own and those it knows of others."
    )
    behind = [
        str(each.ref) for each in whole.plan.devices if str(device.ref) in through(each.management)
    ]
    if behind:
        yield (
            f"The way to {' and '.join(behind)} leads through it: strip or move"
            f" {'that' if len(behind) == 1 else 'those'} first, or lose"
            f" {'it' if len(behind) == 1 else 'them'} from here."
        )
    yield (
        f"The next `la1r up --stack {whole.name}` puts all of it back, unless the device has left"
        " the description or the stack was destroyed by then."
    )


def strip_device(whole: Whole, device: str) -> int:
    """Run the operator's side, which tells on stderr what it does; gives its exit code."""
    (request,) = (each for each in list_requests(whole) if each.device == device)
    run = subprocess.run(
        [SCRIPT, "--strip", device],
        cwd=whole.folder,
        env={**os.environ, **request.environment},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return run.returncode
