"""The Pulumi CLI, driven by its own automation interface, with one stack selected."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, TypedDict

import click
from pulumi.automation import (
    CommandError,
    ConcurrentUpdateError,
    EngineEvent,
    LocalWorkspace,
    LocalWorkspaceOptions,
    OpType,
    Stack,
    StackNotFoundError,
    StepEventMetadata,
    Workspace,
    select_stack,
)

from cli.engine import Came, Foreseen
from cli.pod_network import Foretold
from cli.pulumi_lock import (
    Fate,
    await_fate,
    is_of_refusal,
    read_holders,
    say_left_behind,
    say_refusal,
)
from cli.stack import Whole
from cli.unfinished import Unfinished
from engine.steps import Op
from engine.urn import name_of


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
            options = LocalWorkspaceOptions(env_vars=whole_at_any_moment(_find_backend(whole)))
            stack = select_stack(whole.name, work_dir=str(whole.folder), opts=options)
            return cls(stack, not _count_resources(stack.workspace, whole.name))
        except StackNotFoundError:
            raise click.UsageError(
                f"The Pulumi CLI has no stack {whole.name} yet: make it by `pulumi stack init "
                f"{whole.name}` (docs/environments.md says more), or go without it by "
                "--engine built-in."
            ) from None
        except CommandError as error:
            raise click.UsageError(
                f"The Pulumi CLI cannot open the stack {whole.name}:\n{error}\n{_way_out(error)}"
            ) from None

    def list_recorded(self) -> Mapping[str, str]:
        """What the recorded commands have said, by name; nothing of what is secret or unsaid."""
        said = {each["urn"]: each.get("outputs", {}).get("stdout") for each in self._resources()}
        return {name_of(urn): text if isinstance(text, str) else "" for urn, text in said.items()}

    def preview_up(self, *, diff: bool) -> Foreseen:
        """Show what the CLI would do."""
        with _waiting() as outcome:
            result = self.stack.preview(diff=diff, on_event=outcome.note, **_shown())
            outcome.summary = result.change_summary
        return outcome.foreseen

    def up(self, parallel: int, anew: Collection[str] = ()) -> Came:
        """Deploy by the CLI."""
        unfinished = Unfinished()
        replace = self._find_urns(anew) if anew else None
        came = self._change(
            lambda shown: self.stack.up(
                parallel=parallel, replace=replace, on_event=unfinished.note, **shown
            )
        )
        if came.ok and unfinished.is_made:
            self._forget(unfinished)
        return came

    def _find_urns(self, names: Collection[str]) -> list[str]:
        """Of recorded resources: the CLI refuses URNs that it does not know."""
        return sorted(each["urn"] for each in self._resources() if name_of(each["urn"]) in names)

    def _resources(self) -> Sequence[Mapping[str, Any]]:
        """What is recorded, but for what a replacement has yet to take away."""
        recorded = (self.stack.export_stack().deployment or {}).get("resources") or ()
        return [each for each in recorded if not each.get("delete")]

    def preview_destroy(self) -> Foreseen:
        """Show what the CLI would delete."""
        with _waiting() as outcome:
            result = self.stack.preview_destroy(**_shown())
            outcome.summary = result.change_summary
        return outcome.foreseen

    def destroy(self, parallel: int) -> Came:
        """Delete everything by the CLI."""
        return self._change(lambda shown: self.stack.destroy(parallel=parallel, **shown))

    def preview_refresh(self, parallel: int) -> Foreseen:
        """Show what the CLI reads back."""
        with _waiting() as outcome:
            result = self.stack.preview_refresh(parallel=parallel, **_shown())
            outcome.summary = result.change_summary
        return outcome.foreseen

    def refresh(self, parallel: int) -> Came:
        """Record what the CLI reads back."""
        return self._change(lambda shown: self.stack.refresh(parallel=parallel, **shown))

    def _change(self, call: Callable[[_Shown], object]) -> Came:
        """Have the CLI change something; once more where only a dead run's lock was in its way."""
        with _waiting() as outcome:
            try:
                call(_shown(but=is_of_refusal))
            except ConcurrentUpdateError as refusal:
                if not self._unlock(str(refusal)):
                    raise
                call(_shown())
        return outcome.came

    def _unlock(self, refusal: str) -> bool:
        """Take away what dead runs left locked; says whether nothing stands in the way now."""
        holders = read_holders(refusal)
        fates = {holder: await_fate(holder) for holder in holders}
        if not holders or set(fates.values()) != {Fate.GONE}:
            click.echo(say_refusal(self.stack.name, fates) or refusal, err=True)
            return False
        self.stack.cancel()
        click.echo(say_left_behind(holders), err=True)
        return True

    def _forget(self, unfinished: Unfinished) -> None:
        """Have the CLI record that what an ended run had begun to make is made by now.

        It would go on warning of it, and asks a person alone.
        """
        with _waiting():
            self.stack.refresh(target=sorted(unfinished.begun), clear_pending_creates=True)


def _find_backend(whole: Whole) -> str:
    """Where the CLI keeps its states."""
    named = os.environ.get("PULUMI_BACKEND_URL")
    return named or LocalWorkspace(work_dir=str(whole.folder)).who_am_i().url or ""


def whole_at_any_moment(backend: str) -> dict[str, str]:
    """What has the CLI write no second file beside each one of a folder's.

    Such a file is written in place, so a kill can leave it empty, and then the state beside it is
    not read any more; nothing in it is needed.
    """
    if not backend.startswith("file://") or "metadata=" in backend:
        return {}
    mark = "&" if "?" in backend else "?"
    return {"PULUMI_BACKEND_URL": f"{backend}{mark}metadata=skip"}


def _way_out(error: CommandError) -> str:
    if "EOF" in str(error):
        return (
            "A `pulumi up` that was killed can leave an empty file beside the state, which is "
            'whole: docs/environments.md, "When state is lost or wrong", says which one to take '
            "away."
        )
    return "Go without it by --engine built-in."


def count_deployed(whole: Whole) -> int:
    """How many resources of the stack the CLI has in its backend; 0 where it cannot say."""
    try:
        return _count_resources(LocalWorkspace(work_dir=str(whole.folder)), whole.name)
    except CommandError:
        return 0


def _count_resources(workspace: Workspace, name: str) -> int:
    found = (each.resource_count for each in workspace.list_stacks() if each.name == name)
    return next(found, 0) or 0


def _shown(but: Callable[[str], bool] = lambda _line: False) -> _Shown:
    """What the CLI says, but for errors that are told in other words."""
    return {
        "color": "always" if sys.stdout.isatty() else "never",
        "on_output": click.echo,
        "on_error": lambda line: None if but(line) else click.echo(line, err=True),
    }


@dataclass(slots=True)
class _Outcome:
    """What became of one call of the CLI."""

    failed: bool = False
    interrupted: bool = False
    summary: Mapping[OpType, int] | None = None
    changed: set[str] = field(default_factory=set)
    foretold: list[Foretold] = field(default_factory=list)

    def note(self, event: EngineEvent) -> None:
        """Remember which resource would change."""
        step = event.resource_pre_event.metadata if event.resource_pre_event else None
        if step is not None and OpType(step.op) is not OpType.SAME:
            self.changed.add(step.urn.rpartition("::")[2])
            self.foretold.extend(_foretell(step))

    @property
    def foreseen(self) -> Foreseen:
        # The keys are words, whatever the annotation says.
        counts = {OpType(op): count for op, count in (self.summary or {}).items()}
        changes = any(count for op, count in counts.items() if op is not OpType.SAME)
        changed, foretold = frozenset(self.changed), tuple(self.foretold)
        return Foreseen(not self.failed, changes, changes, changed, foretold)

    @property
    def came(self) -> Came:
        return Came(not self.failed, self.interrupted)


def _foretell(step: StepEventMetadata) -> Iterator[Foretold]:
    op = OpType(step.op)
    if op in (OpType.CREATE, OpType.UPDATE, OpType.REPLACE, OpType.DELETE):
        yield Foretold(
            Op(op.value),
            step.urn.rpartition("::")[2],
            frozenset(step.detailed_diff or ()),
            (step.old.inputs if step.old else None) or {},
            (step.new.inputs if step.new else None) or {},
        )


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
