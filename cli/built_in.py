"""The built-in engine, with the state of one stack in its hands."""

import sys
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

import click

from cli.engine import Came, Foreseen
from cli.outputs import without_documents
from cli.pod_network import list_foretold
from cli.state import HeldState
from engine.deploy import Deployed
from engine.deployment import Deployment, write_deployment
from engine.events import Event
from engine.preview import Preview, preview, preview_destroy
from engine.steps import Op
from engine.urn import name_of

WHAT_IS_READ = (
    "Objects of the cluster were read. Commands cannot be asked what became of their work: what "
    "was changed by hand on a device is shown by `la1r drift`."
)


@dataclass(slots=True)
class BuiltIn:
    """Deploys to the state that it holds."""

    state: HeldState
    _read: Deployment | None = field(default=None, init=False)

    @property
    def is_first(self) -> bool:
        """Whether nothing is recorded."""
        return not self.state.deployment.resources

    def list_recorded(self) -> Mapping[str, str]:
        """What the recorded commands have said, by name; nothing of what is secret or unsaid."""
        return {
            name_of(state.urn): said if isinstance(said := state.outputs.get("stdout"), str) else ""
            for state in self.state.deployment.resources
            if not state.delete
        }

    def preview_up(self, *, diff: bool) -> Foreseen:
        """Show what a deployment would do to what is recorded."""
        from rich.console import Console

        from engine.journal import leads_to_itself
        from engine.progress import progress

        with progress(Console(file=sys.stderr)) as on_event:
            plan = preview(self.state.program, self.state.deployment, on_event=on_event)
        show_plan(plan, diff=diff)
        same = leads_to_itself(self.state.deployment, plan.every_step)
        changed = frozenset(name_of(each.urn) for each in plan.steps if each.op is not Op.SAME)
        return Foreseen(plan.ok, plan.changes, not same, changed, tuple(list_foretold(plan)))

    def up(self, parallel: int, anew: Collection[str] = ()) -> Came:
        """Deploy, and tell what happens while it goes on and what came of it."""
        from engine.deploy import deploy

        recorded = (state.urn for state in self.state.deployment.resources)
        urns = frozenset(urn for urn in recorded if name_of(urn) in anew)
        with _progress() as on_event:
            place = self.state.place(parallel, on_event)
            program = replace(self.state.program, replace=urns)
            result = deploy(program, self.state.deployment, place)
        return _told(result)

    def preview_destroy(self) -> Foreseen:
        """Show everything that is recorded."""
        plan = preview_destroy(self.state.program, self.state.deployment)
        show_plan(plan, diff=False)
        return Foreseen(plan.ok, plan.changes, plan.changes)

    def destroy(self, parallel: int) -> Came:
        """Delete, and tell what happens while it goes on and what came of it."""
        from engine.deploy import destroy

        with _progress() as on_event:
            place = self.state.place(parallel, on_event)
            result = destroy(self.state.program, self.state.deployment, place)
        return _told(result)

    def preview_refresh(self, parallel: int) -> Foreseen:
        """Read what can be read, and show what differs."""
        from engine.refresh import read_back

        refreshed = read_back(self.state.program, self.state.deployment, parallel)
        self._read = refreshed.after
        show_plan(refreshed.found, diff=True)
        click.echo(f"\n{WHAT_IS_READ}")
        if not refreshed.found.ok:
            click.echo("Not everything could be read, so nothing was recorded.", err=True)
        moved = any(step.old is not step.new for step in refreshed.found.every_step)
        records = moved or bool(refreshed.found.diagnostics)
        return Foreseen(refreshed.found.ok, refreshed.found.changes, records)

    def refresh(self, parallel: int) -> Came:
        """Record what the preview has read."""
        del parallel  # it has been read
        if self._read is not None:
            write_deployment(self._read, self.state.path)
        return Came(ok=self._read is not None)


def show_plan(plan: Preview, *, diff: bool) -> None:
    """Print what would be done."""
    from rich.console import Console

    from engine.display import render_preview

    console = Console(highlight=False, soft_wrap=True)
    render_preview(without_documents(plan), diff=diff, console=console)


def _progress() -> AbstractContextManager[Callable[[Event], None]]:
    from rich.console import Console

    from engine.outcome import deployment_progress

    # This stderr, and not whatever stands in its place while the program runs.
    return deployment_progress(Console(file=sys.stderr))


def _told(result: Deployed) -> Came:
    from rich.console import Console

    from engine.outcome import render_outcome

    render_outcome(without_documents(result), Console(highlight=False, soft_wrap=True))
    return Came(result.ok, result.interrupted)
