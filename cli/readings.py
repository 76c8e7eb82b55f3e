"""A stack -> its managed devices, read back over SSH and held against the description."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cli.stack import Whole
from devices.drift import Declared, DeviceDrift, compare
from devices.facts import Lines
from devices.reading import Answer, Request, Unread, read_devices
from plan.model import ManagementPath
from render.files import generation_id
from terms.values import DeviceRef


@dataclass(frozen=True, slots=True)
class Reading:
    """All managed devices of a stack, as they were read, in the order of the plan."""

    answers: Mapping[str, Answer]
    drifts: tuple[DeviceDrift, ...]
    unread: tuple[Unread, ...]

    @property
    def drifted(self) -> tuple[DeviceDrift, ...]:
        """The devices that are not what the description says."""
        return tuple(drift for drift in self.drifts if drift.drifted)


def read_stack(whole: Whole, *words: str, only: Collection[str] | None = None) -> Reading:
    """Read each managed device, or some, over one connection; `words` as for devices/read."""
    requests = [each for each in list_requests(whole) if only is None or each.device in only]
    answers = read_devices(whole.folder, requests, *words)
    drifts, unread = [], []
    for device in whole.plan.devices:
        answer = answers.get(str(device.ref))
        if answer is None:
            continue
        if isinstance(answer, Unread):
            unread.append(answer)
        else:
            drifts.append(compare(declare(whole, device.ref), answer))
    return Reading(answers, tuple(drifts), tuple(unread))


def list_requests(whole: Whole) -> list[Request]:
    """How each managed device is logged in to."""
    from components.connection import find_way_in

    return [
        Request(str(device.ref), find_way_in(whole.plan, device.ref).environment)
        for device in whole.plan.devices
    ]


def declare(whole: Whole, device: DeviceRef) -> Declared:
    """What the description makes of a device."""
    files = whole.rendered.files[device]
    manage = whole.plan.network.device(device).manage
    return Declared(
        device=str(device),
        generation=generation_id(files),
        files={file.path: split_lines(file.text) for file in files},
        adopt=manage is not None and manage.adopt,
    )


def split_lines(text: str) -> Lines:
    """The lines of a file, without their ends."""
    return tuple(text.split("\n")[:-1])


def say_what_it_means(whole: Whole, reading: Reading, device: str) -> str:
    """What follows from a device that was not read: for itself, and for those behind it."""
    unread = {each.device for each in reading.unread}
    paths = {str(each.ref): each.management for each in whole.plan.devices}
    before = [ref for ref in through(paths[device]) if ref in unread]
    if before:
        return (
            f"The way there leads through {before[0]}, which was not read either: look there first."
        )
    behind = [ref for ref, path in paths.items() if device in through(path) and ref in unread]
    more = f" It is on the way to {' and '.join(behind)}." if behind else ""
    return f"Whether it drifted is not known, and nothing can be deployed to it.{more}"


def through(path: ManagementPath) -> tuple[str, ...]:
    """The devices on the operator's way, nearest first."""
    return tuple(map(str, path.through))
