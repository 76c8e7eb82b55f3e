"""Deploys a folder's program with the built-in engine, from an empty state; prints its steps."""

import sys
from pathlib import Path

from engine.deploy import Place, deploy
from engine.opening import open_state
from engine.program import Program


def main() -> None:
    """Deploy, and fail where the deployment does."""
    folder = Path(sys.argv[1])
    state = folder / "state.json"
    deployment = open_state(state, lambda _is_new: None).deployment
    done = deploy(Program("bench", "bench", folder), deployment, Place(state))
    if not done.ok:
        sys.exit("\n".join(each.message for each in done.diagnostics))
    print(sum(step.type.startswith("kubernetes:") for step in done.steps))


if __name__ == "__main__":
    main()
