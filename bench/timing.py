"""Times whole processes in pairs, so that a busy machine slows both sides alike."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

COMPILE_ANEW = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True, slots=True)
class Task:
    """A command with its folder and environment."""

    command: Sequence[str]
    folder: str
    environment: Mapping[str, str]


def compiling_environment() -> dict[str, str]:
    """This environment, in which Python keeps what it has compiled.

    Libraries are compiled when they are installed. Where nothing is kept, every run would compile
    our side anew, and ours alone.
    """
    return {name: value for name, value in os.environ.items() if name != COMPILE_ANEW}


def python_task(folder: str, *arguments: str) -> Task:
    """This interpreter with arguments, from a folder."""
    return Task((sys.executable, *arguments), folder, compiling_environment())


class Spent(NamedTuple):
    """What a finished task took, in seconds: on the clock, and of processors, of children too."""

    clock: float
    processors: float


def spend(task: Task) -> Spent:
    """Run once, to the end."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    finish(task)
    end, after = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Spent(end - begin, busy)


def wall_seconds(task: Task) -> float:
    """Run once; seconds on the clock."""
    return spend(task).clock


def cpu_seconds(task: Task) -> float:
    """Run once; seconds of processor time, of children too."""
    return spend(task).processors


def finish(task: Task) -> str:
    """Run to the end and give what it printed; a failure shows its last lines and stops all."""
    done = subprocess.run(
        task.command,
        cwd=task.folder,
        env=dict(task.environment),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise SystemExit(f"{' '.join(task.command)} failed with {done.returncode}:\n{tail}")
    return done.stdout


def compare(ours: Task, theirs: Task, clock: Callable[[Task], float], runs: int) -> float:
    """Median over interleaved runs of (our time / their time); one warm-up of each first."""
    clock(ours), clock(theirs)
    return median(clock(ours) / clock(theirs) for _ in range(runs))


def compare_both(ours: Task, theirs: Task, runs: int) -> Spent:
    """The same of both clocks, from the same runs."""
    spend(ours), spend(theirs)
    pairs = [(spend(ours), spend(theirs)) for _ in range(runs)]
    return Spent(
        median(our.clock / their.clock for our, their in pairs),
        median(our.processors / their.processors for our, their in pairs),
    )
