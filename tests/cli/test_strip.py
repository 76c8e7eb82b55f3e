"""`la1r strip`: who is refused, and what is said before anything is done."""

from pathlib import Path

import pytest

from cli.main import run
from cli.stack import compute_whole
from cli.strip import consequence_lines, require_device

Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        pytest.param("home/gatway", "did you mean home/gateway?\n", id="unknown"),
        pytest.param("cabin/pi", "reached through the mesh alone", id="its tunnel is the way in"),
        pytest.param("home/gateway", "say --yes", id="nobody can be asked"),
    ],
)
@pytest.mark.usefixtures("project")
def test_what_cannot_be_stripped_is_refused_before_anything_is_dialled(
    device: str, reason: str, capsys: Captured
) -> None:
    assert run(["strip", device, "--stack", "dev"]) == 64
    assert reason in capsys.readouterr().err


def test_whose_way_leads_through_a_device_is_said(project: Path) -> None:
    whole = compute_whole("dev")

    said = "\n".join(consequence_lines(whole, require_device(whole, "home/gateway")))

    assert "The way to cabin/pi leads through it" in said
    assert "Its keys stay" in said
    assert "`la1r up --stack dev` puts all of it back" in said
    assert project.is_dir()
