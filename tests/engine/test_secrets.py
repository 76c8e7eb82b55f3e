"""No secret is ever shown, in no form of output; those of a state stay as they are."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from engine.crypter import crypter_for, new_provider_state
from engine.deployment import empty_deployment, read_deployment
from engine.display import preview_json, render_preview
from engine.preview import Preview, preview
from engine.program import Program
from engine.steps import Op
from engine.values import UNKNOWN, Secret
from tests.engine.deployed import PASSPHRASE, provider_state, write_state

HUSH = "hunter22"
SECRETS = (HUSH, "old hush", "new hush")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The program with secrets everywhere."""
    made = tmp_path / "program"
    made.mkdir()
    shutil.copy(Path(__file__).parent / "programs" / "secrets.py", made / "__main__.py")
    return made


def version(folder: Path, number: str) -> Program:
    config = {"p:version": number, "p:password": HUSH}
    return Program("p", "dev", folder, config=config, secret_keys=frozenset({"p:password"}))


def every_form(result: Preview) -> str:
    """All a user can see of a preview."""
    forms = [json.dumps(preview_json(result))]
    for diff in (False, True):
        for terminal in (False, True):
            console = Console(file=io.StringIO(), force_terminal=terminal, width=200)
            render_preview(result, diff=diff, console=console)
            assert isinstance(console.file, io.StringIO)
            forms.append(console.file.getvalue())
    forms += [item.message for item in result.diagnostics]
    forms.append(json.dumps(dict(result.stack_outputs)))
    return "\n".join(forms)


def test_no_form_of_output_shows_a_secret_of_a_new_stack(folder: Path) -> None:
    shown = every_form(preview(version(folder, "1"), empty_deployment()))

    assert [text for text in SECRETS if text in shown] == []
    assert "[secret]" in shown


def test_no_form_of_output_shows_a_secret_that_changes(folder: Path, tmp_path: Path) -> None:
    state = write_state(version(folder, "1"), tmp_path / "state.json")

    shown = every_form(preview(version(folder, "2"), read_deployment(state)))

    assert [text for text in SECRETS if text in shown] == []


def test_a_state_holds_no_secret_in_clear(folder: Path, tmp_path: Path) -> None:
    state = write_state(version(folder, "1"), tmp_path / "state.json").read_text()

    assert [text for text in SECRETS if text in state] == []


def test_the_salt_tells_a_wrong_passphrase() -> None:
    salt, _ = provider_state()

    assert crypter_for(salt, PASSPHRASE) is not None
    assert crypter_for(salt, "wrong") is None


def test_what_is_sealed_can_be_opened_with_the_same_passphrase_alone() -> None:
    _, crypter = provider_state()
    _, other = new_provider_state("other")

    sealed = crypter.seal("text")

    assert crypter.open(sealed) == "text"
    assert other.open(sealed) is None
    assert crypter.open("v2:a:b") is None
    assert crypter.open("v1:no-base64") is None


def test_without_the_passphrase_secrets_are_unknown_and_said_to_be(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = write_state(version(folder, "1"), tmp_path / "state.json")
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")

    prior = read_deployment(state)
    result = preview(version(folder, "1"), prior)

    locked = [
        value
        for resource in prior.resources
        for value in resource.inputs.values()
        if isinstance(value, Secret)
    ]
    assert {secret.value for secret in locked} == {UNKNOWN}
    assert "could not be opened and will look changed" in result.diagnostics[0].message
    assert any(step.op is Op.UPDATE for step in result.steps)


def test_the_passphrase_can_be_in_a_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = write_state(version(folder, "1"), tmp_path / "state.json")
    (tmp_path / "passphrase").write_text(f"{PASSPHRASE}\n")
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(tmp_path / "passphrase"))

    assert read_deployment(state).locked_secrets == 0
