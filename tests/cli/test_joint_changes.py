"""What both ends of the only tunnel to a device would have to change together is refused."""

import pytest

from cli.joint_changes import find_joint_changes
from cli.readings import Reading
from cli.stack import Whole, compute_whole
from devices.facts import DeviceFacts
from devices.reading import Unread

ATTIC, TUNNEL, ADDRESSES = "attic/gateway", "wireguard/wg-mesh.conf", "addresses"


@pytest.fixture(scope="module")
def whole() -> Whole:
    """The stack `lab`, whose attic is reached through the mesh alone."""
    return compute_whole("lab")


def read(whole: Whole, path: str, change: tuple[str, str]) -> Reading:
    """The attic as it was before a change of one of its files."""
    (device,) = (each for each in whole.plan.devices if str(each.ref) == ATTIC)
    sections = {
        f"file {file.path}": tuple(
            (file.text.replace(*change) if file.path == path else file.text).splitlines()
        )
        for file in whole.rendered.files[device.ref]
    }
    return Reading({ATTIC: DeviceFacts(sections)}, (), ())


@pytest.mark.parametrize(
    ("path", "change", "found"),
    [
        pytest.param(
            TUNNEL,
            ("203.0.113.2:51820", "203.0.113.2:51819"),
            "the port of home/gateway changes from 51819 to 51820",
            id="the port that it dials",
        ),
        pytest.param(
            ADDRESSES,
            ("10.8.0.3/24", "10.8.0.33/24"),
            "the address in the mesh changes from 10.8.0.33/24 to 10.8.0.3/24",
            id="the address of the link",
        ),
    ],
)
def test_a_change_of_both_ends_is_refused(
    whole: Whole, path: str, change: tuple[str, str], found: str
) -> None:
    (problem,) = find_joint_changes(whole, read(whole, path, change))

    assert (problem.code, problem.path) == ("E-PLN-08", "la1r:sites.attic.devices.gateway")
    assert problem.found == f"{found}, and {ATTIC} is reached by that tunnel alone"


@pytest.mark.parametrize(
    ("path", "change"),
    [
        pytest.param(TUNNEL, ("", ""), id="nothing"),
        pytest.param(TUNNEL, ("203.0.113.2:", "203.0.113.9:"), id="a name that answers already"),
        pytest.param(TUNNEL, ("203.0.113.3:51820", "203.0.113.3:51819"), id="another tunnel"),
        pytest.param(
            TUNNEL, ("ListenPort = 51820", "ListenPort = 51819"), id="a port that nobody dials"
        ),
    ],
)
def test_a_change_that_one_end_makes_alone_is_none(
    whole: Whole, path: str, change: tuple[str, str]
) -> None:
    assert not find_joint_changes(whole, read(whole, path, change))


def test_a_device_that_was_not_read_says_nothing(whole: Whole) -> None:
    assert not find_joint_changes(whole, Reading({ATTIC: Unread(ATTIC, "It is off.")}, (), ()))
