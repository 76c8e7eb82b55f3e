"""`la1r drift`: devices and policies, read back and held against the description."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from cli.drift_policies import PolicyReading, policy_lines, policy_record, read_policies
from cli.exits import Exit
from cli.readings import Reading, read_stack, say_what_it_means
from cli.stack import Whole, compute_whole
from devices.drift import DeviceDrift, Difference, titles

COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def run_drift(name: str, kubeconfig: str | None = None, *, as_json: bool) -> Exit:
    """Read every managed device of a stack, and its cluster's policies; nothing is changed."""
    whole = compute_whole(name)
    with say_that_it_goes_on(len(whole.plan.devices)):
        reading = read_stack(whole, "dhcp")
        policies = read_policies(whole, kubeconfig)
    if as_json:
        click.echo(json.dumps(drift_record(whole, reading, policies), indent=2))
    else:
        print_reading(whole, reading, policies)
    return find_exit(reading, policies)


def find_exit(reading: Reading, policies: PolicyReading | None) -> Exit:
    """Drift that was seen counts for more than what was not read."""
    if reading.drifted or (policies and policies.drifted):
        return Exit.DRIFT
    failed = reading.unread or (policies and policies.failed)
    return Exit.RUN_FAILED if failed else Exit.FINE


@contextmanager
def say_that_it_goes_on(count: int) -> Iterator[None]:
    """Say that devices are read: live on a terminal, as one plain line elsewhere."""
    from rich.console import Console

    console = Console(file=sys.stderr)
    line = f"Reading {count_devices(count)} ..."
    if console.is_terminal:
        with console.status(line):
            yield
    else:
        console.print(line)
        yield


def count_devices(count: int) -> str:
    """`1 device`, `2 devices`."""
    return f"{count} device{'s' * (count != 1)}"


# ---------------------------------------------------------------- text


def print_reading(whole: Whole, reading: Reading, policies: PolicyReading | None) -> None:
    """Print each device with what differs, the cluster, and last all devices in one line."""
    for drift in reading.drifts:
        print_drift(drift)
    for unread in reading.unread:
        click.secho(f"{unread.device}: not read", fg="yellow", bold=True)
        click.echo(f"  {unread.reason}")
        click.echo(f"  {say_what_it_means(whole, reading, unread.device)}")
    if policies and whole.plan.cluster:
        for line in policy_lines(whole.plan.cluster.name, policies):
            click.echo(line)
    click.secho(f"In short: {summary(reading)}", bold=True)


def print_drift(drift: DeviceDrift) -> None:
    """Print one device: what was changed there, what was not deployed, what others do."""
    if not drift.drifted:
        click.echo(f"{click.style(drift.device, bold=True)}: as declared")
    if drift.changed:
        print_title(drift, "changed on the device", titles(drift.changed))
        print_diffs(drift.device, drift.changed)
    if drift.undeployed:
        print_title(drift, "not deployed yet", titles(drift.undeployed))
        print_diffs(drift.device, drift.undeployed)
    for sentence in drift.foreign:
        print_title(drift, "of others", sentence)
    for sentence in drift.notes:
        click.echo(f"  note: {sentence}")


def print_title(drift: DeviceDrift, kind: str, what: str) -> None:
    """Print which device differs, in which way, and where."""
    click.echo(f"{click.style(drift.device, fg='red', bold=True)}: {kind}: {what}")


def print_diffs(device: str, differences: tuple[Difference, ...]) -> None:
    """Print unified diffs, in colours on a terminal."""
    for difference in differences:
        for line in difference.diff(device):
            click.secho(f"  {line}", fg=COLOURS.get(line[:1]))


def summary(reading: Reading) -> str:
    """How many devices are as declared, drifted, and not read."""
    drifted, unread = len(reading.drifted), len(reading.unread)
    fine = len(reading.drifts) - drifted
    counts = ((fine, "as declared"), (drifted, "drifted"), (unread, "not read"))
    said = ", ".join(f"{count} {word}" for count, word in counts if count)
    return f"{count_devices(len(reading.answers))}: {said or 'none is managed'}."


# ---------------------------------------------------------------- JSON


def drift_record(
    whole: Whole, reading: Reading, policies: PolicyReading | None
) -> dict[str, object]:
    """All of it as plain data; `drift` and `unread` say what the exit code says."""
    unread = [
        {
            "device": each.device,
            "reason": each.reason,
            "consequence": say_what_it_means(whole, reading, each.device),
        }
        for each in reading.unread
    ]
    return {
        "stack": whole.name,
        "drift": bool(reading.drifted) or bool(policies and policies.drifted),
        "devices": [device_record(drift) for drift in reading.drifts],
        "unread": unread,
        "policies": policy_record(policies) if policies else None,
    }


def find_state(drift: DeviceDrift) -> str:
    """A device's state in two words."""
    return "drifted" if drift.drifted else "as declared"


def device_record(drift: DeviceDrift) -> dict[str, object]:
    """One device as plain data."""
    return {
        "device": drift.device,
        "drift": drift.drifted,
        "changed": [difference_record(drift.device, each) for each in drift.changed],
        "undeployed": [difference_record(drift.device, each) for each in drift.undeployed],
        "foreign": list(drift.foreign),
        "notes": list(drift.notes),
    }


def difference_record(device: str, difference: Difference) -> dict[str, object]:
    """One difference as plain data."""
    return {"what": difference.what, "diff": list(difference.diff(device))}
