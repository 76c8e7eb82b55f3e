"""The Pulumi CLI, driven by its own automation interface, with one stack selected."""

import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import TypedDict

import click
from pulumi.automation import (
    CommandError,
    EngineEvent,
    LocalWorkspace,
    OpType,
    Stack,
    StackNotFoundError,
    Workspace,
    select_stack,
)

from cli.engine import Came, Foreseen
from cli.stack import Whole


class _Shown(TypedDict):
    """How the CLI's own words reach the user: as they come."""

    color: str
    on_output: Callable[[str], object]
    on_error: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class PulumiCli:
    """Deploys to the backend that the CLI is logged in to."""

    stack: Stack
    is_first: bool

    @classmethod
    def of(cls, whole: Whole) -> "PulumiCli":
        """The CLI with the stack; raises a usage error where it has no such stack."""
        if shutil.which("pulumi") is None:
            raise click.UsageError(
                "There is no `pulumi` on PATH: go without it by --engine built-in."
            )
        try:
            stack = select_stack(whole.name, work_dir=str(whole.folder))
            return cls(stack, not _count_resources(stack.workspace, whole.name))
        except StackNotFoundError:
            raise click.UsageError(
                f"The Pulumi CLI has no stack {whole.name} yet: make it by `pulumi stack init "
                f"{whole.name}` (docs/environments.md says more), or go without it by "
                "--engine built-in."
            ) from None
        except CommandError as error:
            raise click.UsageError(
                f"The Pulumi CLI cannot open the stack {whole.name}:\n{error}\n"
                "Go without it by --engine built-in."
            ) from None

    def preview_up(self, *, diff: bool) -> Foreseen:
        """Show what the CLI would do."""
        with _waiting() as outcome:
            result = self.stack.preview(diff=diff, on_event=outcome.note, **_shown())
            outcome.summary = result.change_summary
        return outcome.foreseen

    def up(self, parallel: int) -> Came:
        """Deploy by the CLI."""
        with _waiting() as outcome:
            self.stack.up(parallel=parallel, **_shown())
        return outcome.came

    def preview_destroy(self) -> Foreseen:
        """Show what the CLI would delete."""
        with _waiting() as outcome:
            result = self.stack.preview_destroy(**_shown())
            outcome.summary = result.change_summary
        return outcome.foreseen

    def destroy(self, parallel: int) -> Came:
        """Delete everything by the CLI."""
        with _waiting() as outcome:
            self.stack.destroy(parallel=parallel, **_shown())
        return outcome.came

    def preview_refresh(self, parallel: int) -> Foreseen:
        """Show what the CLI reads back."""
        with _waiting() as outcome:
            result = self.stack.preview_refresh(parallel=parallel, **_shown())
            outcome.summary = result.change_summary
        return outcome.foreseen

    def refresh(self, parallel: int) -> Came:
        """Record what the CLI reads back."""
        with _waiting() as outcome:
            self.stack.refresh(parallel=parallel, **_shown())
        return outcome.came


def count_deployed(whole: Whole) -> int:
    """How many resources of the stack the CLI has in its backend; 0 where it cannot say."""
    try:
        return _count_resources(LocalWorkspace(work_dir=str(whole.folder)), whole.name)
    except CommandError:
        return 0


def _count_resources(workspace: Workspace, name: str) -> int:
    found = (each.resource_count for each in workspace.list_stacks() if each.name == name)
    return next(found, 0) or 0


def _shown() -> _Shown:
    return {
        "color": "always" if sys.stdout.isatty() else "never",
        "on_output": click.echo,
        "on_error": lambda text: click.echo(text, err=True),
    }


@dataclass(slots=True)
class _Outcome:
    """What became of one call of the CLI."""

    failed: bool = False
    interrupted: bool = False
    summary: Mapping[OpType, int] | None = None
    changed: set[str] = field(default_factory=set)

    def note(self, event: EngineEvent) -> None:
        """Remember which resource would change."""
        step = event.resource_pre_event.metadata if event.resource_pre_event else None
        if step is not None and OpType(step.op) is not OpType.SAME:
            self.changed.add(step.urn.rpartition("::")[2])

    @property
    def foreseen(self) -> Foreseen:
        # The keys are words, whatever the annotation says.
        counts = {OpType(op): count for op, count in (self.summary or {}).items()}
        changes = any(count for op, count in counts.items() if op is not OpType.SAME)
        return Foreseen(not self.failed, changes, changes, frozenset(self.changed))

    @property
    def came(self) -> Came:
        return Came(not self.failed, self.interrupted)


@contextmanager
def _waiting() -> Iterator[_Outcome]:
    """Wait for the CLI, which tells its failures itself, and which an interrupt reaches by itself.

    A terminal sends an interrupt to both; the CLI knows what to do with it, and takes its time.
    """
    outcome = _Outcome()

    def note(_number: int, _frame: FrameType | None) -> None:
        outcome.interrupted = True

    usual = signal.signal(signal.SIGINT, note)
    try:
        yield outcome
    except CommandError:
        outcome.failed = True
    finally:
        signal.signal(signal.SIGINT, usual)
