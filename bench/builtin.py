"""Previews a project folder with the built-in engine: `python bench/builtin.py FOLDER [RECORD]`.

With RECORD, the resources of the preview are written there, in the form that bench/replay.py reads.
"""

import json
import sys
from pathlib import Path

from engine.deployment import ResourceState, empty_deployment
from engine.preview import Preview, preview
from engine.program import Program
from engine.values import unwrap_all


def record_preview(result: Preview) -> dict[str, object]:
    """Every resource but the stack with what a state would record of it, and the stack's outputs.

    The program's own provider is among them, providers that nobody asked for are not.
    """
    made = [step.new for step in result.steps if step.new is not None and step.new.parent]
    return {
        "resources": [record_resource(state) for state in made],
        "outputs": result.stack_outputs,
    }


def record_resource(state: ResourceState) -> dict[str, object]:
    """One resource as plain data; what only a deployment will know is a word."""
    # Without its id, which is another one in each run.
    provider = state.provider.rpartition("::")[0]
    return {
        "urn": state.urn,
        "type": state.type,
        "name": state.name,
        "custom": state.custom,
        "parent": state.parent,
        "inputs": unwrap_all(state.inputs),
        "outputs": {} if state.custom else unwrap_all(state.outputs),
        "provider": provider,
        # A provider that nobody asked for is named after the version of the SDK that did.
        "version": provider.partition("::default_")[2].replace("_", "."),
        "dependencies": state.dependencies,
        "additional_secret_outputs": state.additional_secret_outputs,
        "ignore_changes": state.ignore_changes,
        "protect": state.protect,
        "replace_on_changes": state.replace_on_changes,
        "retain_on_delete": state.retain_on_delete,
    }


def main() -> None:
    """Run one preview."""
    folder = Path(sys.argv[1])
    config = json.loads((folder / "bench.json").read_text())
    program = Program(
        project=config["project"],
        stack=config["stack"],
        folder=folder,
        config=config["config"],
        secret_keys=frozenset(),
        parallel=None,
    )
    result = preview(program, empty_deployment())
    if not result.ok:
        raise SystemExit("the preview failed")
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(json.dumps(record_preview(result), default=str))
    print(len(result.steps))


if __name__ == "__main__":
    main()
