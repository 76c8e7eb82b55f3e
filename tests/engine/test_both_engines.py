"""The built-in engine and the Pulumi CLI plan the same for the same program and state."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.deployment import empty_deployment, read_deployment
from engine.display import preview_json
from engine.preview import preview
from engine.program import Program
from tests.engine.cli_engine import needs_cli, preview_with_cli
from tests.engine.compared import inputs_of, steps_of
from tests.engine.deployed import write_state

PROGRAMS = Path(__file__).parent / "programs"
FILES = (
    "chain.py",
    "commands.py",
    "failing.py",
    "families.py",
    "objects.py",
    "options.py",
    "protected.py",
    "providers.py",
    "secrets.py",
)

ProgramVersion = Callable[[str, str], Program]


@pytest.fixture
def program_version(tmp_path: Path) -> ProgramVersion:
    """One of the programs beside this file, in one of its two versions."""

    def make(name: str, version: str) -> Program:
        folder = tmp_path / f"program-{version}"
        folder.mkdir()
        shutil.copy(PROGRAMS / name, folder / "__main__.py")
        config = {"p:version": version, "p:password": "hunter22"}
        return Program("p", "dev", folder, config=config, secret_keys=frozenset({"p:password"}))

    return make


def test_every_program_is_compared() -> None:
    present = {path.name for path in PROGRAMS.glob("*.py")} - {"__init__.py"}

    assert present == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_second_preview_of_what_was_deployed_changes_nothing(
    name: str, program_version: ProgramVersion, tmp_path: Path
) -> None:
    program = program_version(name, "1")
    prior = read_deployment(write_state(program, tmp_path / "state.json"))

    result = preview(program, prior)

    assert [step for step in result.steps if step.op != "same"] == []
    assert result.ok


@needs_cli
@pytest.mark.slow
@pytest.mark.cli_engine
@pytest.mark.parametrize("name", FILES)
def test_both_engines_create_the_same_on_an_empty_stack(
    name: str, program_version: ProgramVersion, tmp_path: Path
) -> None:
    program = program_version(name, "1")

    ours = preview_json(preview(program, empty_deployment()))
    theirs = preview_with_cli(program, None, tmp_path / "home")

    assert steps_of(ours) == steps_of(theirs.digest)
    assert inputs_of(ours) == inputs_of(theirs.digest)
    assert ours["changeSummary"] == theirs.digest["changeSummary"]


@needs_cli
@pytest.mark.slow
@pytest.mark.cli_engine
@pytest.mark.parametrize("name", FILES)
def test_both_engines_plan_the_same_changes_against_a_state(
    name: str, program_version: ProgramVersion, tmp_path: Path
) -> None:
    state = write_state(program_version(name, "1"), tmp_path / "state.json")
    program = program_version(name, "2")

    result = preview(program, read_deployment(state))
    theirs = preview_with_cli(program, state, tmp_path / "home")

    ours = preview_json(result)
    assert steps_of(ours) == steps_of(theirs.digest)
    assert inputs_of(ours) == inputs_of(theirs.digest)
    assert ours["changeSummary"] == theirs.digest["changeSummary"]
    assert result.ok == theirs.ok
