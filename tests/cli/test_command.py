"""The command as a user meets it: exit codes, and sentences in the place of tracebacks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.exits import Exit
from cli.main import run
from tests.golden import REPOSITORY

STACKS = sorted(path.name.split(".")[1] for path in REPOSITORY.glob("Pulumi.*.yaml"))


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)


def write_project(folder: Path, text: str) -> None:
    (folder / "Pulumi.yaml").write_text("name: la1r\nruntime: python\n")
    (folder / "Pulumi.mine.yaml").write_text(text)


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_of_the_repository_is_sound(
    stack: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--stack", stack, "--strict"]) == Exit.FINE
    assert f"{stack} is sound" in capsys.readouterr().out


def test_check_says_in_json_what_the_network_comes_to(capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "--stack", "prod", "--json"])
    record = json.loads(capsys.readouterr().out)

    assert record["problems"] == []
    assert record["summary"]["tenants"] == 5


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(["check"], "The stacks here are: dev, lab, prod.", id="no stack"),
        pytest.param(["check", "--stack", "prd"], "Did you mean 'prod'?", id="no such stack"),
        pytest.param(
            ["check", "--stack", "Pulumi.dev.yaml"], "Did you mean 'dev'?", id="a file for a stack"
        ),
        pytest.param(["chek", "--stack", "prod"], "No such command 'chek'", id="no such verb"),
        pytest.param(
            ["reach", "--stack", "dev", "internt", "home.lan"],
            "Did you mean internet",
            id="nobody is called so",
        ),
        pytest.param(["reach", "--stack", "dev", "internet"], "reaches whom?", id="a source alone"),
        pytest.param(
            ["reach", "--stack", "dev", "internet", "home.lan", "tcp/ssh"],
            "write it as tcp/22",
            id="a port by name",
        ),
        pytest.param(
            ["preview", "--stack", "dev", "--against", "no-such-thing"],
            "neither a file nor a git revision",
            id="nothing to compare with",
        ),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(arguments)
    said = capsys.readouterr().err

    assert code == Exit.WRONG_USAGE
    assert sentence in said
    assert "Traceback" not in said


def test_a_folder_without_project_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["check", "--stack", "prod"]) == Exit.WRONG_USAGE
    assert "There is no Pulumi.yaml" in capsys.readouterr().err


def test_all_problems_are_told_with_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (REPOSITORY / "Pulumi.dev.yaml").read_text()
    faulty = text.replace("port: 33443", "port: 0").replace("to: home.lan", "to: home.lam")
    write_project(tmp_path, faulty)
    monkeypatch.chdir(tmp_path)

    assert run(["check", "--stack", "mine", "--json"]) == Exit.PROBLEMS
    record = json.loads(capsys.readouterr().out)
    assert [(one["code"], one["line"]) for one in record["problems"]] == [
        ("E-FLW-02", 40),
        ("E-YML-20", 36),
    ]


def test_a_warning_of_a_past_day_has_its_place_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (REPOSITORY / "Pulumi.dev.yaml").read_text()
    write_project(tmp_path, text.replace("index: 10,", 'index: 10, expires: "2020-01-01",'))
    monkeypatch.chdir(tmp_path)

    assert run(["check", "--stack", "mine", "--strict"]) == Exit.PROBLEMS
    assert "Pulumi.mine.yaml:37:62: warning W-EXP-02 at" in capsys.readouterr().err


def test_an_expectation_that_does_not_hold_fails_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wish = "{deny: [{from: home.lan, to: internet, message: stay at home}]}"
    write_project(
        tmp_path, (REPOSITORY / "Pulumi.dev.yaml").read_text() + f"  la1r:expect: {wish}\n"
    )
    monkeypatch.chdir(tmp_path)

    assert run(["check", "--stack", "mine"]) == Exit.PROBLEMS
    assert "E-EXP-11" in capsys.readouterr().err


def test_reach_tells_the_rule_behind_its_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    run(["reach", "--stack", "prod", "internet", "paul/jamulus", "udp/22124"])
    said = capsys.readouterr().out

    assert "internet -> paul/jamulus: open on udp/22124" in said
    assert "port 52124 is port 22124 of its pods" in said


@pytest.mark.parametrize(
    ("variable", "coloured"),
    [pytest.param("NO_COLOR", False, id="none"), pytest.param("FORCE_COLOR", True, id="forced")],
)
def test_colours_are_as_the_environment_wants_them(
    variable: str,
    coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv(variable, "1")
    run(["check", "--stack", "dev"])

    assert ("\x1b[" in capsys.readouterr().out) is coloured


def test_a_terminal_that_knows_ascii_alone_gets_question_marks() -> None:
    narrow = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    script = "from cli.main import main; main(['preview', '--stack', 'dev'])"
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        cwd=REPOSITORY,
        env=narrow,
        capture_output=True,
        text=True,
    )

    assert done.returncode == Exit.FINE, done.stderr
    assert "?" in done.stdout


def test_views_that_cannot_be_written_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("")

    assert run(["draw", "--stack", "dev", "--out", str(tmp_path / "taken")]) == Exit.RUN_FAILED
    assert "cannot be read or written" in capsys.readouterr().err


def test_views_of_removed_devices_go_and_files_of_others_stay(tmp_path: Path) -> None:
    run(["draw", "--stack", "lab", "--out", str(tmp_path)])
    (tmp_path / "notes.txt").write_text("mine")
    run(["draw", "--stack", "dev", "--out", str(tmp_path)])

    assert not (tmp_path / "devices/attic/gateway/nftables.nft").exists()
    assert (tmp_path / "devices/home/server/nftables.nft").exists()
    assert (tmp_path / "notes.txt").read_text() == "mine"
