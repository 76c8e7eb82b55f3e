"""The program as a whole: it declares a sound description, and says what is wrong with another."""

import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from components.interrupt import INTERRUPTED, leave_when_interrupted
from config.load import load_stack
from engine.deployment import empty_deployment
from engine.preview import Preview, preview
from engine.program import Program
from engine.values import Secret, Unknown
from tests.source_tree import REPOSITORY

ENCRYPTED = (
    '{"name": "mini", "nodes": {"home/server": {"control_plane": true}},'
    ' "weave": {"encryption": true}}'
)


def preview_dev(**areas: str) -> Preview:
    """A preview of the dev stack; `areas` replace parts of its configuration."""
    stack = load_stack(REPOSITORY / "Pulumi.dev.yaml")
    program = Program(project="la1r", stack="dev", folder=REPOSITORY, config=stack.config)
    changed = {f"la1r:{name}": text for name, text in areas.items()}
    return preview(replace(program, config={**stack.config, **changed}), empty_deployment())


def test_a_sound_description_is_declared_without_a_word() -> None:
    result = preview_dev()

    assert (result.ok, result.diagnostics) == (True, ())
    assert "la1r:network:WeaveCluster" in {step.urn.split("::")[2] for step in result.steps}
    assert set(result.stack_outputs) >= {"publicKeys", "endpoints", "links"}


@pytest.mark.parametrize(
    ("areas", "code"),
    [
        pytest.param({"sites": "{}"}, "E-", id="a rule is broken"),
        pytest.param({"sitez": "{}"}, "sitez", id="a key that nobody knows"),
    ],
)
def test_a_problem_ends_the_program_before_anything_is_declared(
    areas: dict[str, str], code: str
) -> None:
    result = preview_dev(**areas)
    (said,) = result.diagnostics

    assert not result.ok
    assert code in said.message
    assert "Traceback" not in said.message
    assert not [step for step in result.steps if "pulumi:pulumi:Stack" not in step.urn]


def test_a_password_that_a_node_will_make_is_an_unknown_secret_in_a_preview() -> None:
    result = preview_dev(cluster=ENCRYPTED)
    made = {step.urn.rpartition("::")[2]: step.new.inputs for step in result.steps if step.new}

    assert (result.ok, result.diagnostics) == (True, ())
    assert "weave.key" in str(made["mini/password"]["create"])
    assert made["mini/kube-system/weave-passwd"]["stringData"] == Secret(Unknown())


def test_an_interrupt_ends_the_program_without_a_traceback() -> None:
    program = (
        "import signal; from components.interrupt import leave_when_interrupted\n"
        "leave_when_interrupted(); signal.raise_signal(signal.SIGINT)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (INTERRUPTED, "")


def test_whoever_has_a_handler_for_interrupts_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    own = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(signal, "getsignal", lambda _: own)

    leave_when_interrupted()

    monkeypatch.undo()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
