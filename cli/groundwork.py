"""`la1r up` and routers with nothing in force yet: they come before those that stand behind them.

The engine changes the far devices first, so that a mistake does not cut their way. A router that is
new, or was replaced, forwards nothing, so the far ones could not be reached at all: it is given its
files before the engine begins. Its tunnels rest until the engine has made the keys.
"""

import os
import time
from collections.abc import Collection
from dataclasses import dataclass

import click

from cli.readings import Reading, list_requests, read_stack, through
from cli.repair import Repair
from cli.stack import Whole
from components.description import LEFT_OUT_VARIABLE
from devices.applying import Applied, apply_files
from devices.reading import Unread
from terms.values import DeviceRef

# Who dials a router that was away notices within a session of WireGuard: rekey-after-time, and what
# a few tries to dial take. It cannot be dialled from here.
TUNNEL_SECONDS = 150.0
PAUSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Groundwork:
    """Devices that are in front of others, the nearest first, and have nothing in force."""

    whole: Whole
    devices: tuple[str, ...]


def find_groundwork(repair: Repair, *, is_first: bool) -> Groundwork:
    """Find them: at the first deployment all are asked, later those that say so when read."""
    paths = [device.management for device in repair.whole.plan.devices]
    in_front = {ref for path in paths for ref in path.through}
    ordered = sorted((path.distance, path.device) for path in paths if path.device in in_front)
    names = [str(device) for _, device in ordered]
    blank = names if is_first else [each for each in names if _is_blank(repair.reading, each)]
    return Groundwork(repair.whole, tuple(blank))


def _is_blank(reading: Reading, device: str) -> bool:
    facts = reading.answers.get(device)
    return facts is not None and not isinstance(facts, Unread) and facts.generation is None


def show_groundwork(groundwork: Groundwork, *, is_first: bool) -> None:
    """Tell what comes before the engine; at the first deployment everything is new anyway."""
    if is_first or not groundwork.devices:
        return
    click.secho("\nFirst", bold=True)
    for device in groundwork.devices:
        behind = _behind(groundwork.whole, device)
        click.echo(
            f"  {device}  has nothing in force, and is on the way to {' and '.join(behind)}: it is"
            " given its files before they are changed. Its tunnels rest until their keys are made"
        )


def _behind(whole: Whole, device: str) -> list[str]:
    return [str(each.ref) for each in whole.plan.devices if device in through(each.management)]


def lay(groundwork: Groundwork) -> tuple[Applied, ...]:
    """Give these routers their files, the nearest first, up to one that does not take them."""
    laid: list[Applied] = []
    requests = {request.device: request for request in list_requests(groundwork.whole)}
    for device in groundwork.devices:
        text = groundwork.whole.rendered.bundle(DeviceRef.parse(device))
        applied = apply_files(groundwork.whole.folder, requests[device], text, "--first")
        _tell(applied)
        laid.append(applied)
        if not applied.ok:
            break
    return tuple(laid)


def _tell(applied: Applied) -> None:
    click.secho(f"  {applied.device}  ", nl=False)
    click.secho(applied.said, fg="green" if applied.ok else "red")


# ---------------------------------------------------------------- who is left out


def leave_out(names: Collection[str]) -> None:
    """Have the program leave devices as they were deployed last, for this run."""
    if names:
        os.environ[LEFT_OUT_VARIABLE] = ",".join(sorted(names))


def find_cut_off(
    repair: Repair, groundwork: Groundwork, laid: Collection[Applied]
) -> tuple[str, ...]:
    """Who was reached only by a tunnel to a router that was replaced: it knows the old key.

    Read again, because a router that has its files now may have been all that was missing; for
    some time, where its keys stayed.
    """
    silent = {each.device for each in repair.reading.unread}
    behind = {each for device in groundwork.devices for each in _behind(repair.whole, device)}
    in_band = {str(d.ref) for d in repair.whole.plan.devices if d.management.in_band}
    doubtful = silent & behind & in_band
    if doubtful and any(each.keys_stayed for each in laid):
        return _await_tunnels(repair.whole, doubtful)
    return _find_silent(repair.whole, doubtful)


def _await_tunnels(whole: Whole, devices: Collection[str]) -> tuple[str, ...]:
    """Who does not answer although those in front of it have their keys and time has passed."""
    click.echo(f"\nWaits for the tunnels to {' and '.join(sorted(devices))} ...", err=True)
    deadline = time.monotonic() + TUNNEL_SECONDS
    while (silent := _find_silent(whole, devices)) and time.monotonic() < deadline:
        time.sleep(PAUSE_SECONDS)
    return silent


def _find_silent(whole: Whole, devices: Collection[str]) -> tuple[str, ...]:
    return tuple(each.device for each in read_stack(whole, only=devices).unread) if devices else ()


def say_cut_off(cut_off: Collection[str]) -> None:
    """Name those who cannot be reached any more, and the ways out."""
    if not cut_off:
        return
    click.secho(f"\nLeft out: {' and '.join(cut_off)}", fg="yellow", bold=True)
    click.echo(
        "  The only way there is a tunnel to a router that had nothing in force. If that was new,\n"
        "  so is its key: they stay as they are, and know the old one. Ways out: dial each\n"
        "  another way for once, with `manage: {host: ...}` at the device (on your bench, or at a\n"
        "  public address), and run `la1r up` again; or put /etc/la1r/keys of the old router onto\n"
        "  the new one. If its keys stayed, tunnels are back in three minutes: run it again then."
    )
