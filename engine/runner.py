"""Runs a Pulumi program in this process, against a monitor that lives in it too."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import os
import re
import runpy
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from engine.calls import CallExecutor, WaitingCallExecutor
from engine.idle import IdleSelector, StuckError
from engine.lines import Lines
from engine.problems import Diagnostic, Severity

if TYPE_CHECKING:
    from engine.program import Program
    from engine.run import Run

# A program that exits with it has shown its error already.
_SHOWN = 32
_MISSING_FEATURE = re.compile(r"The Pulumi CLI does not support (?:the )?(.+?)\. Please update")
"""What the SDK says when the monitor has not named a feature as supported."""

_ALLOCATIONS = 500_000
"""Objects made before the collector looks at the youngest: about a thousand resources."""


def run_program(program: Program, run: Run) -> None:
    """Run the program to its end; its failure is recorded in the run.

    Raises KeyboardInterrupt when the user interrupts it.
    """
    path = program.folder / program.entry
    if not path.is_file():
        run.fail(f"there is no program: '{path}' does not exist")
        return
    with _surroundings(program, run), _rare_collection(), _prompt_interrupts():
        contextvars.copy_context().run(_run, program, run, path)


@contextlib.contextmanager
def _surroundings(program: Program, run: Run) -> Iterator[None]:
    """What a program started by itself would find; all is put back afterwards."""
    folder, arguments, search = Path.cwd(), sys.argv, list(sys.path)
    output = Lines(lambda line: run.report(Diagnostic(Severity.INFO, line)))
    os.chdir(program.folder)
    sys.argv = [program.entry]
    sys.path.insert(0, str(program.folder.resolve()))
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            yield
    finally:
        output.close()
        sys.path[:] = search
        sys.argv = arguments
        os.chdir(folder)


@contextlib.contextmanager
def _prompt_interrupts() -> Iterator[None]:
    """Let an interrupt end the program where it is.

    The event loop's runner would only ask the program's task to end, and that at its next pause,
    unless it finds another handler than Python's own.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


@contextlib.contextmanager
def _rare_collection() -> Iterator[None]:
    """Look for unreachable cycles rarely: a program makes much and drops little.

    With the usual thresholds the collector took 45 % of the time of a program of 1000 resources,
    and freed 2 % of its memory.
    """
    usual = gc.get_threshold()
    gc.set_threshold(_ALLOCATIONS, 50, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _run(program: Program, run: Run, path: Path) -> None:
    _configure(program, run)
    try:
        _loop(lambda: runpy.run_path(str(path), run_name="__main__"), run)
    except StuckError as error:
        run.fail(str(error))
    except SystemExit as exit_:
        _take_exit(exit_, run)
    except Exception as error:  # noqa: BLE001  # a program may raise anything, and all is told
        _take_error(error, run, path)


def _configure(program: Program, run: Run) -> None:
    """Tell the SDK what the program may ask it for."""
    from pulumi.runtime import set_all_config
    from pulumi.runtime.settings import Settings, configure

    from engine.monitor import EngineLog, Monitor

    set_all_config(dict(program.config), sorted(program.secret_keys))
    configure(
        Settings(
            project=program.project,
            stack=program.stack,
            monitor=Monitor(run, program),
            engine=EngineLog(run),
            parallel=program.parallel,
            dry_run=not run.mode.executes,
            organization=program.organization,
            root_directory=str(program.folder.resolve()),
        )
    )


def _loop(entry: Callable[[], object], run: Run) -> None:
    from pulumi.runtime import run_in_stack

    def start() -> None:
        entry()

    with asyncio.Runner(loop_factory=lambda: _new_loop(run)) as runner:
        runner.run(run_in_stack(start))


def _new_loop(run: Run) -> asyncio.AbstractEventLoop:
    loop = asyncio.SelectorEventLoop(IdleSelector())
    loop.set_default_executor(WaitingCallExecutor() if run.mode.executes else CallExecutor())
    # Tasks of a failed program end with exceptions nobody asks for; the first one is told.
    loop.set_exception_handler(lambda _loop, _context: None)
    return loop


def _take_exit(exit_: SystemExit, run: Run) -> None:
    code = exit_.code
    if code in (None, 0, False):
        return
    if code == _SHOWN:
        run.failed = True
    elif isinstance(code, int):
        run.fail(f"the program exited with the code {code}")
    else:
        run.fail(str(code))


def _take_error(error: Exception, run: Run, path: Path) -> None:
    from pulumi import RunError

    if run.stopped is not None:
        return  # the engine stopped the program and has told why
    if isinstance(error, RunError):
        run.fail(str(error))
    elif missing := _MISSING_FEATURE.match(str(error)):
        run.fail(f"the built-in engine does not support {missing[1]}; use the Pulumi CLI")
    else:
        run.fail("the program failed:\n" + _program_traceback(error, path))


def _program_traceback(error: Exception, path: Path) -> str:
    """The traceback from the program's own first line on, or else without the engine's lines."""
    frames = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    own = [index for index, file in enumerate(frames) if file == path]
    engines = [index + 1 for index, file in enumerate(frames) if file == Path(__file__)]
    first = own[0] if own else max(engines, default=0)
    return "".join(traceback.format_exception(error, limit=first - len(frames))).rstrip()
