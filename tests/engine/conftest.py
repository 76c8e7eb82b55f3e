"""What tests of the engine share: programs in folders of their own."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.deployment import empty_deployment, read_deployment
from engine.preview import Preview, preview
from engine.program import Program
from tests.engine.deployed import PASSPHRASE, write_state
from tests.engine.stack import FEW_ROUNDS, Stack

PROGRAMS = Path(__file__).parent / "programs"

MakeProgram = Callable[..., Program]


@pytest.fixture
def make_program(tmp_path: Path) -> MakeProgram:
    """Make a program of the given source text, with configuration as keywords."""

    def make(source: str, *, secret: frozenset[str] = frozenset(), **config: str) -> Program:
        folder = tmp_path / "program"
        folder.mkdir(exist_ok=True)
        (folder / "__main__.py").write_text(textwrap.dedent(source))
        return Program(
            project="p",
            stack="dev",
            folder=folder,
            config={f"p:{key}": text for key, text in config.items()},
            secret_keys=frozenset(f"p:{key}" for key in secret),
        )

    return make


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack that can be deployed."""
    monkeypatch.setattr("engine.crypter.ROUNDS", FEW_ROUNDS)
    folder = tmp_path / "stack"
    folder.mkdir()
    return Stack(folder)


Again = Callable[[str], Preview]


@pytest.fixture
def preview_again(make_program: MakeProgram, tmp_path: Path) -> Again:
    """Preview a program's second version against the state its first one leaves behind.

    The program reads the version from its configuration.
    """

    def again(source: str) -> Preview:
        first = make_program(source, version="1")
        state = write_state(first, tmp_path / "state.json")
        return preview(make_program(source, version="2"), read_deployment(state))

    return again


@pytest.fixture
def preview_new(make_program: MakeProgram) -> Again:
    """Preview a program on an empty stack."""

    def new(source: str) -> Preview:
        return preview(make_program(source), empty_deployment())

    return new
