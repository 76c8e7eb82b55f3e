"""Packets do what reach computes, whatever is described."""

from random import Random

import pytest

from lab.probe import send_probes
from lab.project import LabProject
from lab.roadwarrior import CLIENTS, connect
from plan.model import Origin
from tests.deployment.conftest import deploy
from tests.deployment.packets import ask_all
from tests.deployment.random_flows import describe_at_random
from tests.deployment.test_packets import find_stations
from tests.deployment.whole import evaluate_project, plan_project

pytestmark = [pytest.mark.slow, pytest.mark.root]

# One of three descriptions is sound.
TRIES = 30
# Marks routes that somebody clicked (rtnetlink(7), rtm_protocol).
CLICKED = "77"


@pytest.fixture(scope="module")
def described(sound: LabProject) -> str:
    """Connect the road warriors, and give the description that all others are made from."""
    for name in CLIENTS:
        connect(sound, name)
    return sound.stack_file.read_text()


@pytest.mark.parametrize("seed", range(5))
def test_packets_do_what_was_computed_for_any_flows(
    sound: LabProject, described: str, seed: int
) -> None:
    sound.stack_file.write_text(described)
    describe_soundly(sound, Random(seed))  # noqa: S311 # drawn again, the same
    deploy(sound)
    follow_sheets(sound)
    questions = ask_all(evaluate_project(sound), find_stations(sound))
    found = send_probes(sound.lab, [each.probe for each in questions])
    wrong = [each for each in questions if not each.is_answered_by(found[each.probe])]

    assert sum(each.opens for each in questions) > 300
    assert not wrong, "\n".join(f"{each}, and it is {found[each.probe]}" for each in wrong)


def follow_sheets(project: LabProject) -> None:
    """Click into routers that are not managed what their sheets say."""
    for sheet in plan_project(project).router_sheets:
        router = project.lab[str(sheet.device).replace("/", "-")]
        router.run("ip", "route", "flush", "proto", CLICKED)
        for route in sheet.routes:
            way = (str(route.destination), "via", str(route.via), "proto", CLICKED)
            router.run("ip", "route", "add", *way)


def describe_soundly(project: LabProject, random: Random) -> None:
    """Draw descriptions until one of them has no problem."""
    before = project.stack_file.read_text()
    flows = plan_project(project).flows
    implied = sorted({flow.name for flow in flows if flow.origin is Origin.IMPLIED})
    for _ in range(TRIES):
        project.stack_file.write_text(before)
        project.change(lambda config: describe_at_random(config, random, implied))
        if project.la1r("check").returncode == 0:
            return
    pytest.fail(f"none of {TRIES} descriptions was sound")
