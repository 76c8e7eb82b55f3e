"""Which resources an engine makes anew for a device that lost what was deployed to it."""

from pathlib import Path

import pytest

from cli.groundwork import find_groundwork, find_key_commands, show_groundwork
from cli.readings import Reading
from cli.repair import Repair
from cli.stack import Whole, compute_whole
from devices.facts import DeviceFacts
from devices.reading import Unread
from tests.cli.conftest import edit

GATEWAY, PI = "home/gateway", "cabin/pi"
NOTHING = DeviceFacts({"state": ("generation none", "keys none")})
SOMETHING = DeviceFacts({"state": ("generation 0123", "keys 4567")})
KEYS_OF_PI = {"vpn/cabin/pi/wg-mesh", "vpn/cabin/pi/keys"}


@pytest.fixture
def whole(project: Path) -> Whole:
    """The stack `dev`, whose second site is reached through the first."""
    assert project == Path.cwd()
    return compute_whole("dev")


@pytest.mark.parametrize(
    ("answers", "is_first", "expected"),
    [
        pytest.param(
            {GATEWAY: SOMETHING, PI: NOTHING}, False, KEYS_OF_PI, id="what it had is gone"
        ),
        pytest.param({GATEWAY: SOMETHING, PI: SOMETHING}, False, set(), id="nothing is gone"),
        pytest.param({GATEWAY: NOTHING, PI: NOTHING}, True, set(), id="it never had anything"),
        pytest.param(
            {GATEWAY: SOMETHING, PI: Unread(PI, "Nobody answered.")},
            False,
            set(),
            id="it does not answer",
        ),
    ],
)
def test_keys_are_made_anew_for_who_lost_them(
    whole: Whole,
    answers: dict[str, DeviceFacts | Unread],
    is_first: bool,
    expected: set[str],
) -> None:
    repair = Repair(whole, Reading(answers, (), ()))

    assert find_key_commands(find_groundwork(repair, is_first=is_first)) == expected


def test_a_protected_stack_is_not_asked_for_what_it_refuses(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project, "  la1r:sites:", "  la1r:network: {protect: true}\n  la1r:sites:")
    repair = Repair(compute_whole("dev"), Reading({PI: NOTHING}, (), ()))
    groundwork = find_groundwork(repair, is_first=False)

    show_groundwork(groundwork, is_first=False)

    assert find_key_commands(groundwork) == frozenset()
    assert "take `protect` out of la1r:network for one run" in capsys.readouterr().out
