"""An interrupt lets end what has begun; a second one stops that, too, and nothing is forgotten."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engine.stack import Stack

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]
MANY = 40
"""More writes of the state than any of these runs needs."""


def interrupted(stack: Stack, times: int) -> subprocess.CompletedProcess[str]:
    """A run of the program that is interrupted when `begun` appears; `may-end` appears after it."""
    line = [
        sys.executable,
        "-m",
        "tests.engine.killed",
        str(stack.folder),
        "up",
        str(MANY),
        "after",
    ]
    with subprocess.Popen(
        line, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for(stack.folder / "begun")
        for number in range(times):
            process.send_signal(signal.SIGINT)
            time.sleep(0.5 * (number + 1 < times))
        (stack.folder / "may-end").touch()
        output, errors = process.communicate(timeout=60)
    return subprocess.CompletedProcess(line, process.returncode, output, errors)


def wait_for(file: Path) -> None:
    for _ in range(600):
        if file.exists():
            return
        time.sleep(0.05)
    raise AssertionError(f"{file} did not appear")


WAITS = """
wait = "for _ in $(seq 600); do [ -e {0} ] && break; sleep 0.05; done"
begun = note("begun", create="touch begun; " + wait.format("END"))
note("next", opts=options(depends_on=[begun]))
"""


def test_an_interrupt_lets_end_what_has_begun_and_begins_nothing(stack: Stack) -> None:
    stack.write(WAITS.replace("END", "may-end"))

    run = interrupted(stack, 1)

    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert stack.names == ["begun"]
    assert "pending_operations" not in stack.document
    assert stack.log == []

    assert stack.up().ok
    assert stack.log == ["create next"]


def test_a_second_interrupt_stops_what_has_begun_and_it_is_told_at_the_next_run(
    stack: Stack,
) -> None:
    stack.write(WAITS.replace("END", "never"))

    run = interrupted(stack, 2)

    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert stack.names == []
    pending = stack.document["pending_operations"]
    assert [each["type"] for each in pending] == ["creating"]

    assert stack.up(WAITS.replace("END", "may-end")).ok
    assert "may exist already" in stack.told
