"""Every stack of the repository previews alike on the Pulumi CLI and on the built-in engine."""

import shutil
from pathlib import Path

import pytest

from config.load import load_stack
from engine.deployment import empty_deployment, read_deployment
from engine.display import preview_json
from engine.preview import preview
from engine.program import Program
from engine.steps import Op
from tests.engine.cli_engine import needs_cli, preview_with_cli
from tests.engine.compared import inputs_of, steps_of
from tests.engine.deployed import PASSPHRASE, write_state
from tests.golden import REPOSITORY

ROOMS = ("terms", "config", "plan", "render", "reach", "views", "devices", "components")
STACKS = ("dev", "lab", "prod")
# A change that touches a router, a host and several policies.
CHANGE = {
    "dev": ("ports: [tcp/22]", "ports: [tcp/22, tcp/443]"),
    "lab": ("why: guests see the web server", "why: guests use the web server"),
    "prod": ("ports: [tcp/8080]", "ports: [tcp]"),
}


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)


def copy_program(folder: Path, stack: str) -> Path:
    """Copy what Pulumi runs, so that nothing is written into the repository."""
    folder.mkdir()
    for room in ROOMS:
        shutil.copytree(
            REPOSITORY / room, folder / room, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("__main__.py", "Pulumi.yaml", f"Pulumi.{stack}.yaml"):
        shutil.copy(REPOSITORY / name, folder / name)
    return folder


def built_in(folder: Path, stack: str) -> Program:
    loaded = load_stack(folder / f"Pulumi.{stack}.yaml")
    return Program("la1r", stack, folder, config=loaded.config, secret_keys=loaded.secret_keys)


@needs_cli
@pytest.mark.slow
@pytest.mark.cli_engine
@pytest.mark.parametrize("stack", STACKS)
def test_both_engines_create_the_same_network(stack: str, tmp_path: Path) -> None:
    folder = copy_program(tmp_path / "project", stack)

    ours = preview_json(preview(built_in(folder, stack), empty_deployment()))
    theirs = preview_with_cli(Program("la1r", stack, folder), None, tmp_path / "home")

    assert steps_of(ours) == steps_of(theirs.digest)
    assert inputs_of(ours) == inputs_of(theirs.digest)


@needs_cli
@pytest.mark.slow
@pytest.mark.cli_engine
@pytest.mark.parametrize("stack", STACKS)
def test_both_engines_change_the_same_of_a_network(stack: str, tmp_path: Path) -> None:
    folder = copy_program(tmp_path / "project", stack)
    state = write_state(built_in(folder, stack), tmp_path / "state.json")
    file = folder / f"Pulumi.{stack}.yaml"
    file.write_text(file.read_text().replace(*CHANGE[stack]))

    result = preview(built_in(folder, stack), read_deployment(state))
    theirs = preview_with_cli(Program("la1r", stack, folder), state, tmp_path / "home")

    assert any(step.op is Op.UPDATE for step in result.steps)
    assert steps_of(preview_json(result)) == steps_of(theirs.digest)
