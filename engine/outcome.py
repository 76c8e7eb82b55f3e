"""Shows what a deployment did, and what it does while it goes on."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.details import visible_text
from engine.display import paint, paint_diagnostics, paint_outputs
from engine.events import Diagnosed, Event, StepBegun, StepEnded
from engine.problems import Severity
from engine.steps import Op, Step
from engine.tree import MARKS, STYLES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from engine.deploy import Deployed

_DOING = {
    Op.CREATE: ("creating", "created"),
    Op.CREATE_REPLACEMENT: ("creating its replacement", "replacement created"),
    Op.UPDATE: ("updating", "updated"),
    Op.DELETE: ("deleting", "deleted"),
    Op.DELETE_REPLACED: ("deleting what was replaced", "what was replaced is deleted"),
}
_COUNT_WORDS = (
    (Op.CREATE, "created"),
    (Op.UPDATE, "updated"),
    (Op.REPLACE, "replaced"),
    (Op.DELETE, "deleted"),
    (Op.SAME, "unchanged"),
)
NOT_DONE = "Not everything was done. What was is recorded: the next run goes on from there."
SHOWN_AT_WORK = 3
"""Names of resources that are being worked on, on the line that a terminal keeps up to date."""


@contextmanager
def deployment_progress(console: Console) -> Iterator[Callable[[Event], None]]:
    """What to hand to a deployment as ``on_event``: a line for each step and each message."""
    if not console.is_terminal:
        yield _Follower(console, None).take
        return
    with console.status("Deploying ...") as status:
        yield _Follower(console, status).take


class _Follower:
    """Writes what happens, and keeps the names of what goes on."""

    def __init__(self, console: Console, status: Status | None) -> None:
        self._console = console
        self._status = status
        self._at_work: dict[str, None] = {}
        self._done = 0
        self._lock = threading.Lock()

    def take(self, event: Event) -> None:
        """Take one event of the run."""
        with self._lock:
            if isinstance(event, StepBegun):
                self._at_work[event.step.resource.name] = None
                if self._status is None:
                    self._line(event.step, _DOING[event.step.op][0])
            elif isinstance(event, StepEnded):
                self._at_work.pop(event.step.resource.name, None)
                self._done += event.ok
                word = _DOING[event.step.op][1] if event.ok else "failed"
                self._line(event.step, f"{word} ({event.seconds:.1f} s)", failed=not event.ok)
            elif isinstance(event, Diagnosed):
                self._say(event)
            self._refresh()

    def _line(self, step: Step, text: str, *, failed: bool = False) -> None:
        mark = MARKS[step.op]
        style = "bold red" if failed else STYLES.get(mark, "")
        self._print(f" {mark:<2} {step.type} {step.resource.name}: {text}", style)

    def _say(self, event: Diagnosed) -> None:
        """What fails or warns is told at the end, where it can be read."""
        told = event.diagnostic
        if told.severity is Severity.INFO:
            name = told.urn.rpartition("::")[2]
            self._print(f"      {name + ': ' if name else ''}{told.message}", "dim")

    def _print(self, text: str, style: str) -> None:
        self._console.print(
            visible_text(text), style=style, markup=False, highlight=False, soft_wrap=True
        )

    def _refresh(self) -> None:
        if self._status is not None:
            names = list(self._at_work)
            more = f" and {len(names) - SHOWN_AT_WORK} more" if len(names) > SHOWN_AT_WORK else ""
            at_work = ", ".join(names[:SHOWN_AT_WORK]) + more
            self._status.update(f"Deploying ... {self._done} done; {at_work or 'planning'}")


def render_outcome(result: Deployed, console: Console) -> None:
    """Print what a deployment said and did."""
    told = tuple(item for item in result.diagnostics if item.severity is not Severity.INFO)
    paint_diagnostics(told, console)
    paint_outputs(result.steps, console)
    paint(list(_counts(result)), console)


def _counts(result: Deployed) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield "Resources:", "bold"
    counts = Counter(step.op for step in _carried_out(result.steps))
    for op, words in _COUNT_WORDS:
        if counts.get(op):
            mark = MARKS[op]
            yield f"    {mark:<2} {counts[op]} {words}", STYLES.get(mark, "")
    if not any(counts.get(op) for op, _ in _COUNT_WORDS):
        yield "    none", ""
    yield f"Duration: {result.seconds:.1f} s", ""
    if not result.ok:
        yield "", ""
        yield NOT_DONE, "bold red"


def _carried_out(steps: Sequence[Step]) -> Iterator[Step]:
    return (step for step in steps if not step.refused)
