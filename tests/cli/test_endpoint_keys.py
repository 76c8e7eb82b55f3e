"""Where the public key of a VPN endpoint is looked for, and what is said where nobody knows it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from cli.main import run
from cli.stack import compute_whole
from cli.state import state_path
from engine.deployment import Deployment, ResourceState, write_deployment
from engine.urn import STACK_TYPE
from engine.values import Value
from tests.cli.enrolment import ENDPOINT_KEY, FILE, value_of

Captured = pytest.CaptureFixture[str]

STACK = ResourceState(
    urn="urn:pulumi:dev::la1r::pulumi:pulumi:Stack::la1r-dev", type=STACK_TYPE, custom=False
)
ADD = ["client", "add", "phone", "--stack", "dev", "--tenant", "family"]


def deploy(project: Path, **endpoints: str) -> None:
    """Leave the state of a deployment in which endpoints have these keys."""
    path = state_path(project, "dev")
    path.parent.mkdir(exist_ok=True)
    keys: dict[str, Value] = {name: {"publicKey": key} for name, key in endpoints.items()}
    outputs: dict[str, Value] = {"endpoints": keys}
    write_deployment(Deployment((replace(STACK, outputs=outputs),)), path)


def install_pulumi(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program of that name before all others."""
    folder.mkdir()
    program = folder / "pulumi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_the_key_is_read_from_what_was_deployed_here(project: Path, capsys: Captured) -> None:
    deploy(project, family=ENDPOINT_KEY)

    assert run(ADD) == 0
    assert value_of("PublicKey", capsys.readouterr().out) == ENDPOINT_KEY


def test_the_key_is_asked_of_the_pulumi_cli(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    answer = f'{{"family": {{"publicKey": "{ENDPOINT_KEY}"}}}}'
    script = f"echo \"$PWD $*\" >asked\necho '{answer}'"
    install_pulumi(tmp_path / "bin", script, monkeypatch)

    assert run(ADD) == 0
    assert value_of("PublicKey", capsys.readouterr().out) == ENDPOINT_KEY
    asked = (project / "asked").read_text().strip()
    assert asked == f"{project} stack output endpoints --json --non-interactive --stack dev"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param(
            "echo 'error: no stack named dev' >&2; exit 255", "no stack named dev", id="a failure"
        ),
        pytest.param("echo '{}'", "family was not deployed yet", id="another endpoint's state"),
        pytest.param("echo 'Updating...'", "its answer is no JSON", id="an answer of another kind"),
    ],
)
@pytest.mark.usefixtures("nobody_answers")
def test_each_source_says_why_it_has_no_key(
    script: str,
    reason: str,
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    before = (project / FILE).read_bytes()
    deploy(project, other=ENDPOINT_KEY)
    install_pulumi(tmp_path / "bin", script, monkeypatch)

    assert run(ADD) == 1
    shown = capsys.readouterr().err
    assert "state of la1r up: family was not deployed yet" in shown
    assert f"pulumi stack output: {reason}" in shown
    assert (project / FILE).read_bytes() == before


@pytest.mark.usefixtures("nobody_answers")
def test_a_state_that_cannot_be_read_is_no_key(project: Path, capsys: Captured) -> None:
    deploy(project, family=ENDPOINT_KEY)
    state_path(compute_whole("dev").folder, "dev").write_text("{")

    assert run(ADD) == 1
    assert "is no JSON" in capsys.readouterr().err
