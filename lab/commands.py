"""Runs programs in a bounded time, and ends all of what they started when that is over."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from lab.demands import PATH
from lab.errors import CommandError

READ_BYTES = 65536
DEATH_SECONDS = 10

Completed = subprocess.CompletedProcess[str]
# What runs outside machines finds its programs as they do inside.
ENVIRONMENT = {"PATH": PATH, "LANG": "C.UTF-8", "HOME": "/root"}


def run_command(  # a value for each thing that subprocess.run takes too
    place: str,
    command: Sequence[str],
    *,
    text: str = "",
    seconds: float = 30.0,
    environment: Mapping[str, str] = ENVIRONMENT,
) -> Completed:
    """Run a program with `text` as its input and give its outcome, also a bad one.

    Raises CommandError if it runs longer than `seconds`; then its whole process group is killed.
    """
    with start_command(command, environment) as process:
        try:
            output, errors = process.communicate(text, timeout=seconds)
        except subprocess.TimeoutExpired as expired:
            raise CommandError(
                place, command, f"took more than {seconds:g} s", _decode(expired.output)
            ) from None
        finally:
            end_process(process)  # nothing is left to kill when it ended by itself
    return Completed(list(command), process.returncode, output, errors)


def check_command(
    place: str,
    command: Sequence[str],
    *,
    text: str = "",
    seconds: float = 30.0,
    environment: Mapping[str, str] = ENVIRONMENT,
) -> str:
    """Run a program and give what it printed; raise CommandError if it did not end well."""
    done = run_command(place, command, text=text, seconds=seconds, environment=environment)
    if done.returncode != 0:
        raise CommandError(place, command, f"ended with {done.returncode}", done.stderr)
    return done.stdout


def start_command(
    command: Sequence[str], environment: Mapping[str, str] = ENVIRONMENT
) -> subprocess.Popen[str]:
    """Start a program in a process group of its own, with pipes to all its streams."""
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        # Ctrl-C on the terminal is for the program that made the lab, not for a machine in it.
        start_new_session=True,
    )


def end_process(process: subprocess.Popen[str]) -> str:
    """Kill what `start_command` started, if it still runs, and give the errors that nobody read.

    The whole process group goes: `nsenter` and `unshare` have a child that outlives them.
    """
    # A number that was collected may already belong to somebody else.
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    with process:
        return _read_waiting(process)


def end_chain(process: subprocess.Popen[str], innermost: int) -> str:
    """Kill process 1 of a namespace, let the `nsenter` and `unshare` around it end by themselves.

    Killed from outside they would leave zombies behind that the host's init has to collect, and
    until it does their namespace lives on.
    """
    if innermost and process.poll() is None:
        with suppress(ProcessLookupError):
            os.kill(innermost, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(DEATH_SECONDS)
    return end_process(process)


def _read_waiting(process: subprocess.Popen[str]) -> str:
    if process.stderr is None or process.stderr.closed:
        return ""
    # A descendant with a session of its own may hold the pipe open: do not wait for its end.
    os.set_blocking(process.stderr.fileno(), False)
    try:
        return os.read(process.stderr.fileno(), READ_BYTES).decode(errors="replace")
    except BlockingIOError:
        return ""


def read_line(process: subprocess.Popen[str], deadline: float) -> str:
    """Read one line of a program's output, without its end; shorter at its end or the deadline.

    Only for programs whose output is read in this way alone: nothing is read ahead.
    """
    if process.stdout is None:
        return ""
    descriptor, line = process.stdout.fileno(), b""
    while not line.endswith(b"\n"):
        left = deadline - time.monotonic()
        ready, _, _ = select.select([descriptor], [], [], max(left, 0))
        character = os.read(descriptor, 1) if ready else b""
        if not character:
            break
        line += character
    return line.decode().removesuffix("\n")


def _decode(output: str | bytes | None) -> str:
    return output.decode(errors="replace") if isinstance(output, bytes) else output or ""
