"""The operator's side, killed anywhere: the next run ends what it left behind, and goes on."""

import time
from pathlib import Path

import pytest

from tests.devices.deployer import Deployer, succeeds
from tests.devices.texts import WITH_PING, bundle

pytestmark = [pytest.mark.slow, pytest.mark.root]

FIRST = bundle()
SECOND = bundle(WITH_PING)


@pytest.mark.parametrize(
    ("how", "step"),
    [
        pytest.param("kill before", "stage", id="before staging"),
        pytest.param("kill after", "stage", id="staged"),
        pytest.param("kill during", "activate", id="while it is put into force"),
        pytest.param("kill after", "activate", id="in force and not confirmed"),
        pytest.param("kill after", "confirm", id="confirmed and not known"),
    ],
)
def test_after_a_kill_anywhere_the_same_command_converges_at_once(
    deployer: Deployer, how: str, step: str
) -> None:
    succeeds(deployer.apply(FIRST), FIRST)
    killed = deployer.apply(SECOND, HALT=how, HALT_STEP=step, LA1R_WINDOW="120")
    assert killed.returncode == -9

    began = time.monotonic()
    again = deployer.apply(SECOND, LA1R_WINDOW="120")

    succeeds(again, SECOND)
    assert time.monotonic() - began < 15
    assert deployer.apply(SECOND).stderr == "home/router: already in force\n"


def test_a_change_that_outlives_its_killed_deployment_is_ended_by_the_next_one(
    deployer: Deployer, tmp_path: Path
) -> None:
    waiting = tmp_path / "waiting"
    options = {"HALT": "wait before", "HALT_STEP": "confirm", "HALT_FILE": str(waiting)}
    with deployer.begin(FIRST, "sh", "-c", '"$@"; exit $?', "sh", **options) as deployment:
        while not waiting.exists():
            assert deployment.poll() is None
            time.sleep(0.05)
        deployment.kill()
        again = deployer.apply(SECOND, LA1R_WINDOW="120")

    succeeds(again, SECOND)
    assert "which a run that was killed has left at work" in again.stderr
    assert deployer.apply(SECOND).stderr == "home/router: already in force\n"
