"""`la1r up` and drift: devices are read before the question, and put back outside of the engine.

An engine compares a description with what it recorded, so it has nothing to do for a device that
somebody changed since. Such a device gets its generation once more, by the same guarded change.
"""

from collections.abc import Collection
from dataclasses import dataclass

import click

from cli.drift import print_diffs, say_that_it_goes_on
from cli.readings import Reading, list_requests, read_stack, say_what_it_means
from cli.stack import Whole
from components.description import read_left_out
from devices.applying import Applied, apply_files
from devices.drift import DeviceDrift, titles
from terms.values import DeviceRef


@dataclass(frozen=True, slots=True)
class Repair:
    """What was read before a deployment, and what of it has to be put back."""

    whole: Whole
    reading: Reading

    @property
    def drifted(self) -> tuple[DeviceDrift, ...]:
        """Devices that have the described generation, and that somebody changed since."""
        return tuple(drift for drift in self.reading.drifted if not drift.undeployed)

    @property
    def behind(self) -> tuple[DeviceDrift, ...]:
        """Devices that have another generation, or none: what the engine changes is among them."""
        return tuple(drift for drift in self.reading.drifted if drift.undeployed)

    @property
    def is_needed(self) -> bool:
        """Whether a device is not as described, whatever the engine says."""
        return bool(self.reading.drifted)

    @property
    def limit(self) -> str:
        """What `everything is deployed` leaves out: devices that were not read."""
        names = [unread.device for unread in self.reading.unread]
        return f", as far as is known without {' and '.join(names)}," if names else ""


def read_before(whole: Whole, *, is_first: bool) -> Repair:
    """Read all managed devices, over one connection each; before the first deployment, none."""
    devices = {str(device.ref) for device in whole.plan.devices} - read_left_out()
    if is_first or not devices:
        return Repair(whole, Reading({}, (), ()))
    with say_that_it_goes_on(len(devices)):
        return Repair(whole, read_stack(whole, only=devices))


def show_repair(repair: Repair, *, is_deployed: bool, diff: bool) -> None:
    """Print which devices drifted or were not read; those that the engine changes it has told."""
    shown = (*repair.drifted, *(repair.behind if is_deployed else ()))
    if not shown and not repair.reading.unread:
        return
    click.secho("\nDrift", bold=True)
    for drift in shown:
        click.echo(f"  {drift.device}  {say_drift(drift)}")
        if diff:
            print_diffs(drift.device, (*drift.changed, *drift.undeployed))
    for unread in repair.reading.unread:
        means = say_what_it_means(repair.whole, repair.reading, unread.device)
        click.echo(f"  {unread.device}  not read. {unread.reason} {means}")


def say_drift(drift: DeviceDrift) -> str:
    """What is put back, and what stands against it."""
    differences = (*drift.changed, *drift.undeployed)
    changed = f"will be put back: {titles(differences)}" if differences else ""
    return ". ".join(filter(None, (changed, *drift.foreign)))


def put_back(repair: Repair, but: Collection[str] = ()) -> bool:
    """Give drifted devices their generation once more; says whether all of them have it now."""
    return apply_to(repair.whole, {drift.device for drift in repair.drifted} - {*but})


def put_forward(repair: Repair, changed: Collection[str], also: Collection[str] = ()) -> bool:
    """After the engine: bring to the description what the engine took for deployed, and was not.

    Only devices that had another generation, or were not read, are read once more for it, and
    those that `also` names; but none that the engine changed, for its change was confirmed.
    """
    unsure = {drift.device for drift in repair.behind} | {*also}
    unsure |= {unread.device for unread in repair.reading.unread}
    unsure -= {*read_left_out(), *changed}
    if not unsure:
        return True
    after = read_stack(repair.whole, only=unsure)
    return apply_to(repair.whole, {drift.device for drift in after.drifted})


def apply_to(whole: Whole, devices: Collection[str]) -> bool:
    """One device after the other, the nearest first: the way to the others leads through them."""
    requests = {request.device: request for request in list_requests(whole)}
    ok = True
    for device in sorted(devices, key=lambda name: distance(whole, name)):
        text = whole.rendered.bundle(DeviceRef.parse(device))
        applied = apply_files(whole.folder, requests[device], text)
        tell(applied)
        ok = ok and applied.ok
    return ok


def distance(whole: Whole, device: str) -> tuple[int, str]:
    """How far a device is from the operator, then its name."""
    found = {str(each.ref): each.management.distance for each in whole.plan.devices}
    return (found[device], device)


def tell(applied: Applied) -> None:
    """Say what came of it."""
    mark = "put back" if applied.ok else "not put back"
    click.secho(f"  {applied.device}  {mark}: ", fg="green" if applied.ok else "red", nl=False)
    click.echo(applied.said.removeprefix("not changed").lstrip(".: "))
