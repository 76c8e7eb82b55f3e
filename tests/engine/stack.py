"""A stack that tests deploy: a program in a folder of its own, its state, and what it has done."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.deploy import Deployed, Place, deploy, destroy
from engine.deployment import Deployment
from engine.events import Diagnosed, Event
from engine.opening import open_state
from engine.preview import Preview, preview
from engine.program import Program
from engine.statelock import locked

FEW_ROUNDS = 1000
"""Making keys costs less than the format demands: the strength of a passphrase is not tested."""

PREAMBLE = """\
import pulumi
from pulumi_command import local, remote

def note(name, *, opts=None, **more):
    '''A command that writes down what is done to it.'''
    lines = {verb: f"echo {verb} {name} >>log" for verb in ("create", "delete")}
    return local.Command(name, opts=opts, **{"add_previous_output_in_env": False, **lines, **more})

def options(**given):
    return pulumi.ResourceOptions(**given)

"""


@dataclass
class Stack:
    """One stack; each run takes the program as it is then."""

    folder: Path
    events: list[Event] = field(default_factory=list)

    @property
    def state(self) -> Path:
        """The state file."""
        return self.folder / "state.json"

    @property
    def program(self) -> Program:
        """The program as it is now."""
        return Program("p", "dev", self.folder)

    def write(self, source: str) -> None:
        """Write the program, below what all programs share."""
        text = PREAMBLE + textwrap.dedent(source)
        (self.folder / "__main__.py").write_text(text)

    def open(self) -> Deployment:
        """The state, opened to be changed."""
        return open_state(self.state, lambda _is_new: None).deployment

    def up(self, source: str | None = None, *, parallel: int = 8) -> Deployed:
        """Deploy a program, or the last one again."""
        if source is not None:
            self.write(source)
        with locked(self.state):
            return deploy(self.program, self.open(), self._place(parallel))

    def destroy(self) -> Deployed:
        """Delete everything."""
        with locked(self.state):
            return destroy(self.program, self.open(), self._place(8))

    def preview(self) -> Preview:
        """Preview the program against the state."""
        return preview(self.program, self.open())

    def _place(self, parallel: int) -> Place:
        self.events.clear()
        return Place(self.state, parallel, self.events.append, ("correct horse",))

    @property
    def log(self) -> list[str]:
        """What commands have written down since the log was read last."""
        file = self.folder / "log"
        lines = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return lines

    @property
    def document(self) -> dict[str, Any]:
        """The deployment in the state file."""
        document: dict[str, Any] = json.loads(self.state.read_text())["deployment"]
        return document

    @property
    def names(self) -> list[str]:
        """The names of the commands in the state."""
        resources = self.document["resources"] or []
        return [
            resource["urn"].rpartition("::")[2]
            for resource in resources
            if resource["type"].startswith("command:")
        ]

    def recorded(self, name: str) -> dict[str, Any]:
        """What the state says of a command."""
        found: dict[str, Any] = next(
            each for each in self.document["resources"] if each["urn"].endswith(f"::{name}")
        )
        return found

    @property
    def told(self) -> str:
        """Every message of the last run."""
        return "\n".join(
            event.diagnostic.message for event in self.events if isinstance(event, Diagnosed)
        )


def done(result: Deployed) -> list[tuple[str, str]]:
    """The operations on commands, in the order in which they ended."""
    return [
        (step.op.value, step.resource.name)
        for step in result.steps
        if step.type.startswith("command:") and not step.refused
    ]
