"""What both ends of a tunnel would have to change together -> why that cannot be deployed.

A device that is reached through the mesh alone is changed first, and its near end last. Whatever
both ends have to agree on - ports, addresses of the link - would cut the device off in between: it
would undo the change, and the next run would end the same way.
"""

import re
from collections.abc import Iterator

from cli.readings import Reading
from cli.stack import Whole
from devices.facts import DeviceFacts, Lines
from plan.model import DevicePlan
from plan.tunnels import BACKBONE_INTERFACE
from terms.problem import Problem
from terms.values import DeviceRef

TUNNEL_FILE = f"wireguard/{BACKBONE_INTERFACE}.conf"
ADDRESS_FILE = "addresses"
_ENDPOINT = re.compile(r"Endpoint = \S+:(\d+)")
_ADDRESS = re.compile(rf"address (\S+) dev {BACKBONE_INTERFACE}")

Agreed = dict[str, str]


def find_joint_changes(whole: Whole, reading: Reading) -> tuple[Problem, ...]:
    """The devices whose only way in would be cut by what both of its ends have to change."""
    return tuple(
        problem
        for device in whole.plan.devices
        if device.management.in_band
        for problem in _check(whole, reading, device)
    )


def _check(whole: Whole, reading: Reading, device: DevicePlan) -> Iterator[Problem]:
    far = whole.plan.addresses.gateways[device.ref.site]
    near = [ref for ref in device.management.through if ref.site != device.ref.site]
    if far is None or not near:
        return
    before = _agreed(_files_on(reading, far), near[-1])
    after = _agreed(_files_for(whole, far), near[-1])
    for what in sorted(before.keys() & after.keys()):
        if before[what] != after[what]:
            yield _refuse(device.ref, near[-1], (what, before[what], after[what]))


def _refuse(device: DeviceRef, near: DeviceRef, change: tuple[str, str, str]) -> Problem:
    what, before, after = change
    return Problem(
        "E-PLN-08",
        f"la1r:sites.{device.site}.devices.{device.device}",
        f"{what} changes from {before} to {after}, and {device} is reached by that tunnel alone",
        f"{device} and {near} would have to change it together; the first one cuts the other off,"
        " and undoes its change",
        "dial the device another way for this change, with `manage: {host: ...}` (at a public"
        " address, or on your bench), or leave this as it is",
    )


def _files_on(reading: Reading, device: DeviceRef) -> dict[str, Lines]:
    """What is in force on a device; nothing where it was not read."""
    answer = reading.answers.get(str(device))
    return dict(answer.files) if isinstance(answer, DeviceFacts) else {}


def _files_for(whole: Whole, device: DeviceRef) -> dict[str, Lines]:
    return {
        file.path: tuple(file.text.splitlines())
        for file in whole.rendered.files.get(device, ())
        if file.path in (TUNNEL_FILE, ADDRESS_FILE)
    }


def _agreed(files: dict[str, Lines], near: DeviceRef) -> Agreed:
    """What a gateway's files say of its tunnel to a near one, as far as both ends have to agree.

    A port at which nobody dials it may change: the near end learns the new one.
    """
    tunnel, addresses = files.get(TUNNEL_FILE, ()), files.get(ADDRESS_FILE, ())
    agreed: Agreed = {}
    for match in filter(None, map(_ENDPOINT.match, _peer(tunnel, near))):
        agreed[f"the port of {near}"] = match[1]
    for match in filter(None, map(_ADDRESS.match, addresses)):
        agreed["the address in the mesh"] = match[1]
    return agreed


def _peer(tunnel: Lines, near: DeviceRef) -> Iterator[str]:
    """The lines of the section of one peer."""
    own = False
    for line in tunnel:
        if line == "[Peer]":
            own = False
        elif line == f"PublicKey = @gateway/{near}":
            own = True
        if own:
            yield line
