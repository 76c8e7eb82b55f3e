"""Which keys a device lacks of those that an engine recorded, and which commands run for it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from cli.lost_keys import find_lost_keys, show_lost_keys
from cli.readings import Reading
from cli.repair import Repair
from cli.stack import Whole, compute_whole
from devices.facts import DeviceFacts
from devices.reading import Unread
from tests.cli.conftest import edit

PI = "cabin/pi"
KEY, LIST = "vpn/cabin/pi/wg-mesh", "vpn/cabin/pi/keys"
OWN, KNOWN, UNKNOWN = "own wg-mesh once", "others known", "others unknown"


@pytest.fixture
def whole(project: Path) -> Whole:
    """The stack `dev`, whose second site is reached through the first."""
    assert project == Path.cwd()
    return compute_whole("dev")


def find(
    whole: Whole,
    *said: str,
    recorded: Mapping[str, str] = {KEY: "once\n", LIST: ""},
    changed: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """The commands for a device that says this of its keys."""
    repair = Repair(whole, Reading({PI: DeviceFacts({"keys": said})}, (), ()))
    return find_lost_keys(repair, recorded, changed).commands


def test_a_device_that_has_its_keys_has_lost_none(whole: Whole) -> None:
    assert find(whole, OWN, KNOWN) == frozenset()


def test_a_new_disk_has_lost_all(whole: Whole) -> None:
    assert find(whole, UNKNOWN) == {KEY, LIST}


def test_a_key_that_is_another_is_told_to_the_peers(whole: Whole) -> None:
    assert find(whole, "own wg-mesh other", KNOWN) == {KEY}


def test_stand_ins_are_no_keys_of_peers(whole: Whole) -> None:
    assert find(whole, OWN, UNKNOWN) == {LIST}


def test_what_was_never_made_is_not_lost(whole: Whole) -> None:
    assert find(whole, UNKNOWN, recorded={}) == frozenset()


def test_what_the_engine_makes_by_itself_is_not_lost(whole: Whole) -> None:
    assert find(whole, OWN, UNKNOWN, changed=frozenset({LIST})) == frozenset()


def test_who_does_not_answer_is_taken_for_whole(whole: Whole) -> None:
    repair = Repair(whole, Reading({PI: Unread(PI, "Nobody answered.")}, (), ()))

    assert find_lost_keys(repair, {KEY: "once\n"}, ()).found == ()


def test_a_protected_stack_is_not_asked_for_what_it_refuses(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project, "  la1r:sites:", "  la1r:network: {protect: true}\n  la1r:sites:")
    whole = compute_whole("dev")
    repair = Repair(whole, Reading({PI: DeviceFacts({"keys": (UNKNOWN,)})}, (), ()))
    lost = find_lost_keys(repair, {KEY: "once\n", LIST: ""}, ())

    show_lost_keys(lost)

    said = capsys.readouterr().out
    assert lost.commands == frozenset()
    assert "cabin/pi  has no key for wg-mesh any more" in said
    assert "take `protect` out of la1r:network for one run" in said
