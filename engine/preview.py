"""Previews a program: what would be done to lead from a prior deployment to what it describes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.deployment import Deployment
from engine.events import Event
from engine.plain import Plain, plain_all
from engine.problems import Diagnostic, Severity
from engine.program import Program
from engine.steps import Op, Step
from engine.urn import is_default_provider

if TYPE_CHECKING:
    from engine.run import Run

_COUNTED = frozenset({Op.SAME, Op.CREATE, Op.UPDATE, Op.DELETE, Op.REPLACE})


@dataclass(frozen=True, slots=True)
class Preview:
    """The result of a preview; ``ok`` is False when it or the program failed.

    Providers nobody asked for are no steps, as they are none of the CLI's. Outputs of the stack are
    plain data with secrets masked.
    """

    program: Program
    steps: tuple[Step, ...]
    diagnostics: tuple[Diagnostic, ...]
    stack_outputs: Mapping[str, Plain]
    ok: bool
    seconds: float
    every_step: tuple[Step, ...] = ()
    """The steps with those of providers nobody asked for: what a state records."""

    @property
    def counts(self) -> Mapping[Op, int]:
        """How many resources each operation would be done to."""
        return Counter(step.op for step in self.steps if step.op in _COUNTED and not step.refused)

    @property
    def changes(self) -> bool:
        """Whether anything would change."""
        return any(step.op is not Op.SAME for step in self.steps)


def preview(
    program: Program, prior: Deployment, *, on_event: Callable[[Event], None] | None = None
) -> Preview:
    """Run the program without changing anything, and tell what a deployment would do.

    Deletions are planned only when the program ran to its end. Raises KeyboardInterrupt when the
    user interrupts the program.
    """
    from engine.runner import run_program

    return _previewed(program, prior, on_event, lambda run: run_program(program, run))


def preview_destroy(program: Program, prior: Deployment) -> Preview:
    """Tell what deleting everything that is recorded would do; the program is not run."""
    return _previewed(program, prior, None, lambda _run: None)


def _previewed(
    program: Program,
    prior: Deployment,
    on_event: Callable[[Event], None] | None,
    register: Callable[[Run], None],
) -> Preview:
    from engine.run import Run

    started = time.monotonic()
    run = Run(program, prior, on_event)
    if prior.locked_secrets:
        run.report(_locked_warning(prior.locked_secrets))
    register(run)
    if not run.failed:
        run.finish()
    return Preview(
        program=program,
        steps=tuple(step for step in run.steps if not is_default_provider(step.urn)),
        diagnostics=tuple(run.diagnostics),
        stack_outputs=plain_all(run.stack_outputs),
        ok=not run.failed,
        seconds=time.monotonic() - started,
        every_step=tuple(run.steps),
    )


def _locked_warning(count: int) -> Diagnostic:
    secrets = "1 secret" if count == 1 else f"{count} secrets"
    return Diagnostic(
        Severity.WARNING,
        f"{secrets} of the recorded state could not be opened and will look changed: set "
        "PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
    )
