"""`la1r up` and the devices: they are read before the question, and put right around the engine.

Whatever engine deploys, it knows only what it recorded. Before it, routers that have nothing in
force get their files, and what drifted is put back; after it, devices that the engine took for
deployed and were not.
"""

from collections.abc import Collection
from dataclasses import dataclass

from cli.engine import Engine
from cli.groundwork import (
    Groundwork,
    find_cut_off,
    find_groundwork,
    lay,
    leave_out,
    say_cut_off,
    show_groundwork,
)
from cli.joint_changes import find_joint_changes
from cli.lost_keys import LostKeys, find_lost_keys, show_lost_keys
from cli.repair import Repair, put_back, put_forward, read_before, show_repair
from cli.stack import Whole
from terms.problem import DescriptionError


@dataclass(slots=True)
class Preparation:
    """What was read, what follows from it, and who is left out of this run."""

    repair: Repair
    groundwork: Groundwork
    lost_keys: LostKeys
    without: frozenset[str]
    is_first: bool
    cut_off: tuple[str, ...] = ()
    put_back: bool = True

    @property
    def is_needed(self) -> bool:
        """Whether a device is not as described, whatever the engine says."""
        return self.repair.is_needed or bool(self.lost_keys.found)

    @property
    def anew(self) -> frozenset[str]:
        """Resources that the engine makes once more, though it knows of no change."""
        return self.lost_keys.commands

    @property
    def limit(self) -> str:
        """What `everything is deployed` leaves out: devices that were not read."""
        return self.repair.limit

    def show(self, *, is_deployed: bool, diff: bool) -> None:
        """Tell what was read, and what is done besides what the engine does."""
        show_repair(self.repair, is_deployed=is_deployed, diff=diff)
        show_lost_keys(self.lost_keys)
        show_groundwork(self.groundwork, is_first=self.is_first)

    def begin(self) -> bool:
        """Before the engine; says whether it may begin."""
        laid = lay(self.groundwork)
        if not all(each.ok for each in laid):
            return False
        self.cut_off = find_cut_off(self.repair, self.groundwork, laid)
        leave_out({*self.without, *self.cut_off})
        self.put_back = put_back(self.repair, but=self.lost_keys.devices)
        return True

    def end(self, changed: Collection[str]) -> bool:
        """After the engine has changed resources; says whether all devices are as described."""
        restored = put_forward(self.repair, changed, also=self.lost_keys.devices)
        say_cut_off(self.cut_off)
        return self.put_back and restored and not self.cut_off


def prepare(
    whole: Whole, engine: Engine, changed: Collection[str], *, without: Collection[str]
) -> Preparation:
    """Read the devices of a stack; before the first deployment there is nothing to read.

    `changed` names what the engine would change. Raises DescriptionError where two ends of a
    device's only way in would have to change together.
    """
    is_first = engine.is_first
    repair = read_before(whole, is_first=is_first)
    if joint := find_joint_changes(whole, repair.reading):
        raise DescriptionError(joint)
    groundwork = find_groundwork(repair, is_first=is_first)
    recorded = engine.list_recorded() if repair.reading.answers else {}
    lost_keys = find_lost_keys(repair, recorded, changed)
    return Preparation(repair, groundwork, lost_keys, frozenset(without), is_first)


def choose_left_out(whole: Whole, names: Collection[str]) -> None:
    """Leave managed devices out of this run; a usage error names those that there are."""
    import click

    known = [str(device.ref) for device in whole.plan.devices]
    for name in names:
        if name not in known:
            raise click.UsageError(
                f"--without {name}: no managed device is called so. There are {', '.join(known)}."
            )
    leave_out(names)
