"""`la1r up` drives the Pulumi CLI where there is one, and hands over to it what it has deployed."""

import json
from pathlib import Path

import pytest

from cli.exits import Exit
from cli.state import state_path
from tests.cli.conftest import Command
from tests.cli.small_program import pulumi, write_program
from tests.engine.cli_engine import needs_cli

pytestmark = [
    pytest.mark.slow,
    pytest.mark.cli_engine,
    needs_cli,
    pytest.mark.usefixtures("backend"),
]


def test_a_stack_that_the_cli_does_not_know_is_told_with_both_ways_out(
    la1r: Command, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert la1r("up", "--yes", "--engine", "pulumi") == Exit.WRONG_USAGE

    told = capsys.readouterr().err
    assert "make it by `pulumi stack init dev`" in told
    assert "--engine built-in" in told
    assert not (project / "made").exists()


def test_the_cli_deploys_where_it_is_on_path(
    la1r: Command, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pulumi("stack", "init", "dev")
    assert la1r("up", "--expect-no-changes") == Exit.CHANGES
    assert not (project / "made").exists()

    assert la1r("up", "--yes") == Exit.FINE
    told = capsys.readouterr().out
    assert "The Pulumi CLI is here and does the work" in told
    assert (project / "made").exists()
    assert not state_path(project, "dev").exists()

    assert la1r("up", "--yes") == Exit.FINE
    assert "Nothing to do: everything is deployed as described." in capsys.readouterr().out
    assert la1r("up", "--expect-no-changes") == Exit.FINE
    assert la1r("refresh", "--yes") == Exit.FINE

    assert la1r("up", "--yes", "--engine", "built-in") == Exit.WRONG_USAGE
    assert "make all of it a second time" in capsys.readouterr().err

    assert la1r("destroy", "--yes") == Exit.FINE
    assert not (project / "made").exists()


def test_a_deployment_that_fails_in_the_cli_fails(
    la1r: Command, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pulumi("stack", "init", "dev")
    write_program(project, create="echo the reason >&2; exit 5")

    assert la1r("up", "--yes") == Exit.RUN_FAILED
    told = capsys.readouterr()
    assert "the reason" in told.out + told.err


def test_what_the_built_in_engine_deployed_the_cli_takes_over_with_nothing_to_do(
    la1r: Command, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert la1r("up", "--yes", "--engine", "built-in") == Exit.FINE
    capsys.readouterr()
    assert la1r("up", "--yes", "--engine", "pulumi") == Exit.WRONG_USAGE
    told = capsys.readouterr().err
    file = ".la1r/dev.json"
    assert f"`pulumi stack import --stack dev --file {file}`" in told

    pulumi("stack", "init", "dev")
    pulumi("stack", "import", "--stack", "dev", "--file", file)
    (project / file).rename(project / "taken-over.json")

    preview = json.loads(pulumi("preview", "--stack", "dev", "--json", "--expect-no-changes"))
    assert set(preview["changeSummary"]) == {"same"}
    assert la1r("up", "--yes") == Exit.FINE
    assert "Nothing to do: everything is deployed as described." in capsys.readouterr().out
