"""One run: takes goals from the program, has them turned into steps and carries those out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from engine.completion import Completion
from engine.deletion import plan_deletions
from engine.deployment import Deployment, ResourceState
from engine.events import Diagnosed, Event, StepBegun, StepEnded, StepPlanned
from engine.executor import refuse_protected
from engine.generator import Generator
from engine.goal import Goal, read_goal
from engine.identity import Identities
from engine.masking import Mask
from engine.mode import PREVIEWS, Mode
from engine.parallel import in_parallel
from engine.problems import Diagnostic, EngineError, Severity
from engine.program import Program
from engine.providers.base import Provider
from engine.providers.registry import Registry
from engine.providers.supported import supported_packages
from engine.steps import Op, Step, takes_time
from engine.urn import STACK_TYPE, is_provider
from engine.values import Properties, same_properties

if TYPE_CHECKING:
    from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest


STOPPING = "interrupted: what has begun goes on to its end; interrupt again to stop that, too"
INTERRUPTED = "interrupted before everything was done"


class Run:
    """The state of one run; goals may come from several threads."""

    def __init__(
        self,
        program: Program,
        prior: Deployment,
        on_event: Callable[[Event], None] | None,
        mode: Mode = PREVIEWS,
    ) -> None:
        self.failed = False
        self._refused = False
        self.stopped: EngineError | None = None
        self.steps: list[Step] = []
        self.diagnostics: list[Diagnostic] = []
        self.mode = mode
        self._program = program
        self._prior = prior
        self._on_event = on_event
        self._registry = Registry(supported_packages(program.folder))
        olds = {state.urn: state for state in prior.resources if not state.delete}
        self._identities = Identities(program.stack, program.project, olds)
        self._generator = Generator(
            self._identities, prior, self._registry, self.report, self.refuse, program.replace
        )
        self._executor = mode.executor(self._registry, self.report)
        self._mask = Mask(program.config[key] for key in program.secret_keys & {*program.config})
        self._completion = Completion(program, self._registry, self._register)
        self._position: dict[str, int] = {}
        self._open: set[str] = set()
        # Decisions are taken one at a time; what they lead to is carried out beside each other.
        self._lock = threading.RLock()
        self._idle = threading.Condition(self._lock)
        self._working = 0
        self._places = threading.Semaphore(mode.parallel)
        if mode.executes:
            for state in prior.resources:
                self._learn(state)

    def _learn(self, state: ResourceState) -> None:
        """What is secret in a state is so in every message from now on."""
        self._mask.learn(state.inputs)
        self._mask.learn(state.outputs)

    def hide(self, texts: Iterable[str]) -> None:
        """Show these texts in no message."""
        self._mask.add(texts)

    def report(self, diagnostic: Diagnostic) -> None:
        """Record what the program or the engine says, without secrets."""
        with self._lock:
            diagnostic = replace(diagnostic, message=self._mask.apply(diagnostic.message))
            self.diagnostics.append(diagnostic)
            self._tell(Diagnosed(diagnostic))

    def _tell(self, event: Event) -> None:
        if self._on_event is not None:
            with self._lock:
                self._on_event(event)

    def refuse(self, message: str, urn: str) -> None:
        """Record an error and let a preview go on; a deployment cannot (EngineError)."""
        if self.mode.executes:
            raise EngineError(message, urn)
        self.report(Diagnostic(Severity.ERROR, message, urn))
        self._refused = True

    def fail(self, message: str, urn: str = "") -> None:
        """Record an error; the run is not ok any more."""
        self.failed = True
        self.report(Diagnostic(Severity.ERROR, message, urn))

    def stop(self) -> None:
        """Begin nothing any more; what has begun goes on to its end."""
        with self._lock:
            self.report(Diagnostic(Severity.INFO, STOPPING))
            if self.stopped is None:
                self.stopped = EngineError(INTERRUPTED)
                self.fail(INTERRUPTED)

    def settle(self) -> None:
        """Wait until nothing is going on any more."""
        with self._idle:
            while self._working:
                self._idle.wait()

    def register(self, request: RegisterResourceRequest) -> ResourceState:
        """The state the goal in a request leads to.

        Raises EngineError, recorded already, when it cannot be, and ever after.
        """
        with self._lock:
            self._stop_here()
            try:
                goal = self._completion.completed(read_goal(request, str(self._program.folder)))
                steps = self._generator.steps(goal)
            except EngineError as error:
                self._give_up(error)
                raise
        try:
            return self._follow(goal, steps)
        except EngineError as error:
            self._give_up(error)
            raise

    def _stop_here(self) -> None:
        if self.stopped is not None:
            raise self.stopped

    def _give_up(self, error: EngineError) -> None:
        with self._lock:
            if error is not self.stopped:
                self.fail(error.message, error.urn)
                self.stopped = self.stopped or error

    def _register(self, goal: Goal) -> ResourceState:
        return self._follow(goal, self._generator.steps(goal))

    def _follow(self, goal: Goal, steps: list[Step]) -> ResourceState:
        """Carry out the steps that a goal needs; the state they lead to."""
        result = None
        for step in steps:
            result = self._carry_out(step) or result
        if result is None:
            raise EngineError(f"nothing was decided for resource '{goal.name}'")
        with self._lock:
            self._completion.remember(result.urn, goal)
            if not goal.custom:
                self._open.add(result.urn)
        return result

    def _provider_for(self, step: Step) -> Provider | None:
        resource = step.resource
        if not resource.custom or not (resource.provider or is_provider(resource.type)):
            return None
        if step.new is None:
            return self._generator.old_provider(resource) if self.mode.executes else None
        if is_provider(resource.type):
            return self._registry
        return self._registry.provider(resource.provider)

    def _carry_out(self, step: Step) -> ResourceState | None:
        with self._in_progress(step) as provider:
            after = self._executor.apply(step, provider)
        with self._lock:
            if after is not None and step.op is not Op.REPLACE:
                if self.mode.executes:
                    self._learn(after)
                self._generator.progress.news[after.urn] = after
                step = replace(step, new=after)
                self._position[after.urn] = len(self.steps)
            self.steps.append(step)
            self._tell(StepPlanned(step))
        return after if step.op is not Op.REPLACE else None

    @contextmanager
    def _in_progress(self, step: Step) -> Iterator[Provider | None]:
        """One of the places for steps that are carried out side by side."""
        with self._lock:
            self._stop_here()
            provider = self._provider_for(step)
            self._working += 1
            if step.new is not None and self.mode.executes:
                self._learn(step.new)
        try:
            with self._place(step):
                yield provider
        finally:
            with self._idle:
                self._working -= 1
                self._idle.notify_all()

    @contextmanager
    def _place(self, step: Step) -> Iterator[None]:
        """Wait for a place where the step may take its time, and tell when it begins and ends."""
        if not (self.mode.executes and takes_time(step)):
            yield
            return
        ok = False
        with self._places:
            with self._lock:
                self._stop_here()
            self._tell(StepBegun(step))
            started = time.monotonic()
            try:
                yield
                ok = True
            finally:
                self._tell(StepEnded(step, time.monotonic() - started, ok))

    def set_outputs(self, urn: str, outputs: Properties) -> None:
        """Record the outputs a component registers at its end.

        Raises EngineError, recorded already, when the resource is unknown or has done so before.
        """
        with self._lock:
            if urn not in self._open:
                message = f"outputs of '{urn}' were registered twice, or it is no component"
                self.fail(message, urn)
                raise EngineError(message, urn)
            self._open.discard(urn)
            position = self._position[urn]
            step = self.steps[position]
            if step.new is not None:
                # Recorded outputs that say the same hold their secrets sealed already.
                old = step.old.outputs if step.old else None
                kept = old if old is not None and same_properties(old, outputs) else outputs
                state = replace(step.new, outputs=kept)
                self._executor.amend(step.new, state)
                self.steps[position] = replace(step, new=state)
                self._generator.progress.news[urn] = state

    def known(self, urn: str) -> ResourceState | None:
        """The state of a resource registered in this run."""
        return self._generator.progress.news.get(urn)

    def finish(self) -> None:
        """Delete what is not wanted; only sensible when the whole program has run without an error.

        Nothing at all is deleted where something protected would have to be.
        """
        waves = plan_deletions(self._prior, self._generator.progress, self._identities.aliased)
        if self.mode.executes:
            self._refuse_protected(waves)
        for wave in waves:
            if self.mode.executes and self.failed:
                return
            in_parallel([partial(self._delete, step) for step in wave], self.mode.parallel)
        self.failed = self.failed or self._refused

    def _refuse_protected(self, waves: list[list[Step]]) -> None:
        for step in (step for wave in waves for step in wave):
            try:
                refuse_protected(step)
            except EngineError as error:
                self.fail(error.message, error.urn)

    def _delete(self, step: Step) -> None:
        try:
            if not (self.mode.executes and self.failed):
                self._carry_out(step)
        except EngineError as error:
            with self._lock:
                self.steps.append(replace(step, refused=True))
                if error is not self.stopped:
                    self.fail(error.message, error.urn)

    @property
    def stack_outputs(self) -> Properties:
        """What the program exports."""
        stack = next((step for step in self.steps if step.type == STACK_TYPE and step.new), None)
        return stack.new.outputs if stack and stack.new else {}
