"""Makes the deployment a program would leave behind, without deploying anything."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from engine.crypter import Crypter, new_provider_state
from engine.deployment import Deployment, ResourceState, empty_deployment, write_deployment
from engine.program import Program
from engine.run import Run
from engine.runner import run_program
from engine.urn import is_provider
from engine.values import Properties, Secret, Unknown, Value, transform
from engine.wire import UNKNOWN_TEXT

PASSPHRASE = "correct horse"  # noqa: S105  # of states that only tests use
_MADE = "made"
_PROVIDER_ID = "11111111-2222-4333-8444-555555555555"


@cache
def provider_state() -> tuple[str, Crypter]:
    """A salt and its crypter, made once as that takes a while."""
    return new_provider_state(PASSPHRASE)


def deployed(program: Program) -> Deployment:
    """The deployment after the program has been deployed on an empty stack."""
    run = Run(program, empty_deployment(), None)
    run_program(program, run)
    assert not run.failed, [item.message for item in run.diagnostics]

    salt, crypter = provider_state()
    states = [_finished(step.new) for step in run.steps if step.new is not None]
    document = {
        "version": 3,
        "deployment": {
            "manifest": {"time": "2026-01-02T03:04:05.678Z", "magic": "", "version": ""},
            "secrets_providers": {"type": "passphrase", "state": {"salt": salt}},
            "resources": None,
            "metadata": {},
        },
    }
    return Deployment(tuple(states), document, crypter)


def write_state(program: Program, path: Path) -> Path:
    """Write the deployment of a program to a file, as ``pulumi stack export`` would."""
    write_deployment(deployed(program), path)
    return path


def _finished(state: ResourceState) -> ResourceState:
    """The state with everything known that only a deployment could tell."""
    outputs = {key: transform(value, _known) for key, value in state.outputs.items()}
    inputs = {key: transform(value, _known) for key, value in state.inputs.items()}
    if state.type.startswith("kubernetes:"):
        outputs = _live(outputs, inputs)
    return replace(
        state,
        id=_id(state),
        inputs=inputs,
        outputs=outputs,
        provider=state.provider.replace(UNKNOWN_TEXT, _PROVIDER_ID),
    )


def _known(value: Value) -> Value:
    if isinstance(value, Secret):
        return Secret(transform(value.value, _known))
    return _MADE if isinstance(value, Unknown) else value


def _live(outputs: Properties, inputs: Properties) -> Properties:
    """Outputs of a Kubernetes object: what the cluster holds, beside the inputs."""
    return {
        **inputs,
        **outputs,
        "__inputs": inputs,
        "__initialApiVersion": inputs["apiVersion"],
        "__fieldManager": "pulumi-kubernetes-1a2b3c4d",
    }


def _id(state: ResourceState) -> str:
    if not state.custom:
        return ""
    return _PROVIDER_ID if is_provider(state.type) else _MADE
