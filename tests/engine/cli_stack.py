"""A stack of the Pulumi CLI, driven by its automation interface, and what its runs came to."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi.automation import (
    CommandError,
    ConfigValue,
    Deployment,
    EngineEvent,
    LocalWorkspaceOptions,
    create_stack,
)

from tests.engine.deployed import PASSPHRASE

NAME = "dev"


@dataclass(frozen=True)
class CliStep:
    """One step of the CLI: operation, resource, and the paths that differ, each with its kind."""

    op: str
    urn: str
    differences: tuple[str, ...]


@dataclass(frozen=True)
class CliRun:
    """What a run came to; ``everything`` is, beside what was told, what programs could read."""

    ok: bool
    told: str
    everything: str
    steps: tuple[CliStep, ...]
    read: tuple[CliStep, ...]
    """What became of each resource in the end, which of a refresh is the news."""
    counts: Mapping[str, int]


@dataclass
class CliStack:
    """A stack with a backend of its own, whose program lies in a folder."""

    folder: Path
    home: Path
    events: list[EngineEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        backend = self.home / "backend"
        backend.mkdir(parents=True)
        (self.folder / "Pulumi.yaml").write_text("name: p\nruntime: python\n")
        options = LocalWorkspaceOptions(
            env_vars={
                # No cluster of whoever runs the tests.
                "KUBECONFIG": os.devnull,
                "PATH": f"{Path(sys.prefix, 'bin')}{os.pathsep}{os.environ['PATH']}",
                "PYTHONDONTWRITEBYTECODE": "1",
                "PULUMI_BACKEND_URL": f"file://{backend}",
                "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                "VIRTUAL_ENV": sys.prefix,
            }
        )
        self._stack = create_stack(NAME, work_dir=str(self.folder), opts=options)

    def configure(self, key: str, text: str, *, secret: bool = False) -> None:
        """Set a value of the configuration."""
        self._stack.set_config(key, ConfigValue(text, secret=secret))

    def up(self) -> CliRun:
        """Deploy."""
        return self._run(self._stack.up)

    def preview(self) -> CliRun:
        """Show what a deployment would do."""
        return self._run(self._stack.preview)

    def refresh(self) -> CliRun:
        """Take over into the state what is there."""
        return self._run(self._stack.refresh)

    def destroy(self) -> CliRun:
        """Delete everything."""
        return self._run(self._stack.destroy)

    def export(self) -> dict[str, Any]:
        """The state as it is kept, its secrets encrypted: the interface would open them."""
        kept = self.home / "backend" / ".pulumi" / "stacks" / "p" / f"{NAME}.json"
        document = json.loads(kept.read_text())
        latest = document["checkpoint"].get("latest") or {}
        return {"version": document["version"], "deployment": latest}

    def take_over(self, state: Deployment) -> None:
        """Begin with the state of another engine."""
        self._stack.import_stack(state)

    def _run(self, act: Any) -> CliRun:
        self.events.clear()
        try:
            result = act(on_event=self.events.append)
        except CommandError as error:
            return self._came(str(error), {}, ok=False)
        summary = getattr(result, "summary", None)
        counts = summary.resource_changes if summary else result.change_summary
        named = {str(getattr(op, "value", op)): count for op, count in (counts or {}).items()}
        return self._came(f"{result.stdout}\n{result.stderr}", named, ok=True)

    def _came(self, told: str, counts: Mapping[str, int], *, ok: bool) -> CliRun:
        before = (event.resource_pre_event for event in self.events)
        after = (event.res_outputs_event for event in self.events)
        return CliRun(
            ok,
            told,
            repr(self.events),
            tuple(_read_step(event.metadata) for event in before if event is not None),
            tuple(_read_step(event.metadata) for event in after if event is not None),
            Counter(counts),
        )


def _read_step(metadata: Any) -> CliStep:
    detailed = metadata.detailed_diff or {}
    keys = (f"{path}: {_kind(diff)}" for path, diff in detailed.items())
    return CliStep(str(metadata.op.value), metadata.urn, tuple(sorted(keys)))


def _kind(diff: Any) -> str:
    return str(getattr(diff.diff_kind, "value", diff.diff_kind))
