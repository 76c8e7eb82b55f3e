"""Deploys a program: does what leads from the recorded state to what it describes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.application import ApplyingExecutor, Surroundings
from engine.cancellation import Cancellation
from engine.deployment import Deployment
from engine.events import Event
from engine.interrupts import Interrupts
from engine.journal import Journal, unfinished_urns
from engine.mode import Mode
from engine.plain import Plain, plain_all
from engine.problems import Diagnostic, Severity
from engine.program import Program
from engine.run import Run
from engine.runner import run_program
from engine.steps import Step
from engine.urn import is_default_provider

PARALLEL = 16
"""Steps carried out at a time, where the user says nothing of it."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a run has done; ``ok`` is False when it or the program failed.

    Outputs of the stack are plain data with secrets masked.
    """

    steps: tuple[Step, ...]
    diagnostics: tuple[Diagnostic, ...]
    stack_outputs: Mapping[str, Plain]
    ok: bool
    interrupted: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run keeps its state, how much it does at once, and who listens."""

    state: Path
    parallel: int = PARALLEL
    on_event: Callable[[Event], None] | None = None
    hidden: tuple[str, ...] = ()
    """Texts no message may show, such as the passphrase of the state."""


def deploy(program: Program, prior: Deployment, place: Place) -> Deployed:
    """Run the program, and make what it describes; the lock of the state has to be held.

    An interrupt lets end what has begun; a second one ends that, too. What fails is in the result.
    Raises StateError when the state cannot be written.
    """
    return _carry_out(program, prior, place, lambda run: run_program(program, run))


def destroy(program: Program, prior: Deployment, place: Place) -> Deployed:
    """Delete everything that is recorded, without running the program."""
    return _carry_out(program, prior, place, lambda _run: None)


def _carry_out(
    program: Program, prior: Deployment, place: Place, register: Callable[[Run], None]
) -> Deployed:
    started = time.monotonic()
    journal, cancellation = Journal(prior, place.state), Cancellation()
    mode = Mode(
        lambda registry, report: ApplyingExecutor(
            registry, Surroundings(journal, cancellation, report)
        ),
        executes=True,
        parallel=place.parallel,
    )
    run = Run(program, prior, place.on_event, mode)
    run.hide(place.hidden)
    for urn in unfinished_urns(prior):
        run.report(_unfinished_warning(urn))
    with Interrupts(run.stop, cancellation) as interrupts:
        with interrupts.last_word():
            register(run)
            if not run.failed:
                run.finish()
        with interrupts.last_word():
            run.settle()
        run.settle()
    journal.close()
    return Deployed(
        steps=tuple(step for step in run.steps if not is_default_provider(step.urn)),
        diagnostics=tuple(run.diagnostics),
        stack_outputs=plain_all(run.stack_outputs),
        ok=not run.failed,
        interrupted=interrupts.count > 0,
        seconds=time.monotonic() - started,
    )


def _unfinished_warning(urn: str) -> Diagnostic:
    return Diagnostic(
        Severity.WARNING,
        "an earlier run ended suddenly while it made this resource, so it may exist already: "
        "it is made again now, if the program still wants it",
        urn,
    )
