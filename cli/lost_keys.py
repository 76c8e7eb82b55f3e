"""`la1r up` and keys: a device that has not those which were recorded makes and learns them anew.

A router whose disk is new has other keys, or none, and an engine sees no change in that, for the
command that makes a key is the same. Nor does it see that a deployment was killed where a router
had its files, and stand-ins for the keys of its peers.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import click

from cli.repair import Repair
from cli.stack import Whole
from devices.facts import DeviceFacts


@dataclass(frozen=True, slots=True)
class LostKey:
    """What a device lacks, in words, and the command that gives it."""

    device: str
    lack: str
    command: str


@dataclass(frozen=True, slots=True)
class LostKeys:
    """All that devices lack of what an engine recorded, in the order of the plan."""

    whole: Whole
    found: tuple[LostKey, ...]

    @property
    def devices(self) -> frozenset[str]:
        """Who lacks some, and so cannot be put back before the engine has run."""
        return frozenset(each.device for each in self.found)

    @property
    def commands(self) -> frozenset[str]:
        """What an engine has to make anew, though it knows of no change."""
        if _is_protected(self.whole):
            return frozenset()
        return frozenset(each.command for each in self.found)


def find_lost_keys(
    repair: Repair, recorded: Mapping[str, str], changed: Collection[str]
) -> LostKeys:
    """Hold the keys of the devices that were read against what their commands said.

    `changed` names what the engine makes or changes by itself: nothing of that is lost.
    """
    lost = (
        each
        for device, facts in repair.reading.answers.items()
        if isinstance(facts, DeviceFacts)
        for each in _find(repair.whole, device, facts, recorded)
    )
    known = {*recorded} - {*changed}
    return LostKeys(repair.whole, tuple(each for each in lost if each.command in known))


def _find(
    whole: Whole, device: str, facts: DeviceFacts, recorded: Mapping[str, str]
) -> Iterator[LostKey]:
    from components.network import MESH_NAME
    from components.vpn_mesh import has_words, name_key_command, name_key_list

    for interface in whole.plan.mesh.interfaces:
        if str(interface.device) != device:
            continue
        command = name_key_command(MESH_NAME, interface)
        key = facts.own_keys.get(interface.name)
        if key is None:
            yield LostKey(device, f"has no key for {interface.name} any more", command)
        elif (said := recorded.get(command, "").strip()) and key != said:
            yield LostKey(device, f"has another key for {interface.name} than before", command)
        if has_words(interface) and not facts.knows_others:
            command = name_key_list(MESH_NAME, interface.device)
            yield LostKey(device, "does not know the keys of its peers any more", command)


def show_lost_keys(lost: LostKeys) -> None:
    """Tell who lacks which keys, and what becomes of it."""
    if not lost.found:
        return
    click.secho("\nKeys", bold=True)
    for each in lost.found:
        click.echo(f"  {each.device}  {each.lack}")
    click.echo(f"  {_say_what_follows(lost.whole)}")


def _say_what_follows(whole: Whole) -> str:
    if _is_protected(whole):
        return (
            "They are made anew by commands that are protected: take `protect` out of la1r:network"
            " for one run."
        )
    return "The commands that make and tell keys run once more, and peers are told what is new."


def _is_protected(whole: Whole) -> bool:
    """Whether an engine refuses to make a resource of the stack anew."""
    return whole.plan.network.network.protect
