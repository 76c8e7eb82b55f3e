"""Previews a project folder with the built-in engine: `python bench/builtin.py FOLDER [RECORD]`.

With RECORD, the resources of the preview are written there, in the form that bench/replay.py reads.
"""

import json
import sys
from pathlib import Path

from engine.deployment import empty_deployment
from engine.preview import Preview, preview
from engine.program import Program
from engine.values import unwrap_all


def resource_records(result: Preview) -> list[dict[str, object]]:
    """Every resource but the stack and providers, as plain data."""
    return [
        {
            "urn": step.urn,
            "type": step.type,
            "name": step.urn.rsplit("::", 1)[1],
            "parent": step.new.parent,
            "custom": step.new.custom,
            "inputs": unwrap_all(step.new.inputs),
            "version": None,
        }
        for step in result.steps
        if step.new is not None and not step.type.startswith("pulumi:")
    ]


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
        Path(sys.argv[2]).write_text(json.dumps(resource_records(result), default=str))
    print(len(result.steps))


if __name__ == "__main__":
    main()
