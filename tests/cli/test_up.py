"""`la1r up`, `destroy` and `refresh`: what they ask, refuse, tell, and leave as exit code."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from cli.exits import Exit
from cli.state import state_path
from engine.statelock import locked
from tests.cli.conftest import Command
from tests.cli.small_program import HUSH, PASSPHRASE, write_program


@pytest.fixture(autouse=True)
def _program(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small program, and no Pulumi CLI, whatever this machine has."""
    write_program(project)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")


def test_without_a_terminal_nothing_is_changed_unless_agreed_to(
    la1r: Command, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for verb in ("up", "destroy", "refresh"):
        assert la1r(verb) == Exit.WRONG_USAGE
        assert f"`la1r {verb}` asks before it changes anything" in capsys.readouterr().err

    assert not (project / "made").exists()
    assert not state_path(project, "dev").exists()


def test_what_was_deployed_is_not_deployed_again_and_can_be_destroyed(
    la1r: Command, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert la1r("up", "--yes") == Exit.FINE
    told = capsys.readouterr()
    assert "2 to create" in told.out
    assert "command:local:Command made: created" in told.err
    assert 'told: "well done"' in told.out
    assert "2 created" in told.out
    assert (project / "made").exists()

    assert la1r("up", "--yes") == Exit.FINE
    assert "Nothing to do: everything is deployed as described." in capsys.readouterr().out

    assert la1r("preview", "--expect-no-changes") == Exit.FINE
    assert "nothing to do, compared with what `la1r up` has recorded" in capsys.readouterr().out

    assert la1r("refresh", "--yes") == Exit.FINE
    assert "Nothing to do: everything is as it is recorded." in capsys.readouterr().out

    assert la1r("destroy", "--yes") == Exit.FINE
    assert "2 deleted" in capsys.readouterr().out
    assert not (project / "made").exists()

    assert la1r("destroy", "--yes") == Exit.FINE
    assert "Nothing to do: nothing of the stack dev is deployed." in capsys.readouterr().out


def test_changes_that_were_not_expected_are_told_and_not_made(la1r: Command, project: Path) -> None:
    assert la1r("up", "--expect-no-changes") == Exit.CHANGES
    assert not (project / "made").exists()

    assert la1r("up", "--yes") == Exit.FINE
    assert la1r("up", "--expect-no-changes") == Exit.FINE


def test_a_failing_deployment_says_which_resource_and_why(
    la1r: Command, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_program(project, create="echo the reason >&2; exit 5")

    assert la1r("up", "--yes") == Exit.RUN_FAILED
    told = capsys.readouterr()
    assert "'made' was not created: " in told.out
    assert "ended with exit status 5:" in told.out
    assert "    the reason" in told.out
    assert "Traceback" not in told.out + told.err


def test_a_passphrase_that_is_missing_or_wrong_is_told(
    la1r: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert la1r("up", "--yes") == Exit.FINE
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "another one")
    assert la1r("up", "--yes") == Exit.WRONG_USAGE
    assert "The passphrase does not fit" in capsys.readouterr().err

    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    assert la1r("up", "--yes") == Exit.WRONG_USAGE
    assert "set PULUMI_CONFIG_PASSPHRASE" in capsys.readouterr().err


def test_who_changes_the_stack_already_is_told(
    la1r: Command, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = state_path(project, "dev")
    path.parent.mkdir()

    with locked(path):
        assert la1r("up", "--yes") == Exit.RUN_FAILED

    assert f"is being changed by the process {os.getpid()} on" in capsys.readouterr().err


def test_no_secret_is_shown_or_written_in_clear(
    la1r: Command, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_program(project, create="tee /dev/stderr; echo $PULUMI_CONFIG_PASSPHRASE >&2; exit 1")
    assert la1r("up", "--yes", "--diff") == Exit.RUN_FAILED
    failed = capsys.readouterr()
    write_program(project)
    assert la1r("up", "--yes", "--diff") == Exit.FINE
    fine = capsys.readouterr()

    shown = failed.out + failed.err + fine.out + fine.err
    written = state_path(project, "dev").read_text()
    assert [each for each in (HUSH, PASSPHRASE) if each in shown + written] == []
    assert "[secret]" in failed.out


def test_the_state_is_an_export_that_only_its_owner_may_read(la1r: Command, project: Path) -> None:
    assert la1r("up", "--yes") == Exit.FINE

    path = state_path(project, "dev")
    assert json.loads(path.read_text())["version"] == 3
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("answer", "made"), [("y", True), ("n", False)])
def test_on_a_terminal_it_asks_after_the_preview(project: Path, answer: str, made: bool) -> None:
    shown = typed(project, ["up", "--stack", "dev"], f"{answer}\n")

    assert "2 to create" in shown.partition("Deploy this?")[0]
    assert (project / "made").exists() is made
    assert ("Nothing was changed." in shown) is not made


def typed(project: Path, arguments: list[str], answers: str) -> str:
    """What a terminal shows when the command runs on it and this is typed."""
    ours, theirs = pty.openpty()
    line = [sys.executable, "-c", "from cli.main import main; main()", *arguments]
    with subprocess.Popen(line, cwd=project, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        os.write(ours, answers.encode())
        shown = b""
        try:
            while data := os.read(ours, 65536):
                shown += data
        except OSError:  # the other end is closed
            pass
        assert process.wait() == Exit.FINE
    os.close(ours)
    return shown.decode()
