"""Runs a command on this machine."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

from engine.providers.base import Call, CancelledError, ProviderError
from engine.providers.transcript import Output, Stream, Transcript
from engine.values import Properties, unwrap_all

GRACE_SECONDS = 10.0
"""How long a command may tidy up after it was asked to end, before it is killed."""

_CHUNK = 65536
_SHELL = ("/bin/sh", "-c")


@dataclass(frozen=True, slots=True)
class Command:
    """One command line with what it is given; ``title`` is how errors name it."""

    line: str
    title: str
    environment: Mapping[str, str]
    stdin: str = ""


def run_local(command: Command, inputs: Properties, folder: str, call: Call) -> Output:
    """Run a command to its end. Raises ProviderError when it fails or takes too long."""
    transcript = Transcript(inputs.get("logging"), call)
    plain = unwrap_all(inputs)
    interpreter = plain.get("interpreter")
    words = [str(word) for word in interpreter] if isinstance(interpreter, list) else []
    try:
        # A session of its own: what is typed at the terminal ends this engine, which then decides.
        process = subprocess.Popen(
            [*(words or _SHELL), command.line],
            cwd=str(plain.get("dir") or folder),
            env={**os.environ, **command.environment},
            stdin=subprocess.PIPE if command.stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise ProviderError(f"{command.title} cannot be started: {error}") from error
    ending = _Ending(process)
    with call.cancellation.ended_by(ending.begin), process:
        _follow(process, command.stdin, transcript, (ending, call.timeout))
    _judge(process.returncode, ending, (command, call, transcript))
    return transcript.output


class _Ending:
    """Ends a process and all it has started: asks, and kills what does not listen."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.begun = False
        self._killer = threading.Timer(GRACE_SECONDS, self._signal, (signal.SIGKILL,))
        self._killer.daemon = True

    def begin(self) -> None:
        """Ask the process to end."""
        if self.begun:
            return
        self.begun = True
        self._signal(signal.SIGTERM)
        self._killer.start()

    def close(self) -> None:
        """There is nothing left to end."""
        self._killer.cancel()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


def _follow(
    process: subprocess.Popen[bytes],
    stdin: str,
    transcript: Transcript,
    limit: tuple[_Ending, float | None],
) -> None:
    """Feed the process, take what it writes, and wait for its end."""
    ending, timeout = limit
    threads = [
        _started(lambda: _read(process.stdout, Stream.STDOUT, transcript)),
        _started(lambda: _read(process.stderr, Stream.STDERR, transcript)),
        _started(lambda: _feed(process.stdin, stdin)),
    ]
    timer = threading.Timer(timeout or 0, ending.begin)
    timer.daemon = True
    if timeout is not None:
        timer.start()
    try:
        process.wait()
        for thread in threads:
            thread.join()
    finally:
        timer.cancel()
        ending.close()


def _started(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def _read(pipe: IO[bytes] | None, stream: Stream, transcript: Transcript) -> None:
    assert pipe is not None, "both streams are pipes"  # noqa: S101  # a bug, not a mistake
    while data := os.read(pipe.fileno(), _CHUNK):
        transcript.take(stream, data)
    transcript.take(stream, b"", last=True)


def _feed(pipe: IO[bytes] | None, text: str) -> None:
    if pipe is None:
        return
    # A command need not read what it is given.
    with contextlib.suppress(BrokenPipeError):
        pipe.write(text.encode())
    with contextlib.suppress(BrokenPipeError):
        pipe.close()


def _judge(code: int, ending: _Ending, told: tuple[Command, Call, Transcript]) -> None:
    command, call, transcript = told
    if ending.begun and call.cancellation.wanted:
        raise CancelledError(f"{command.title} was stopped in the middle")
    if ending.begun:
        raise ProviderError(
            f"{command.title} took longer than {call.timeout:g} s, which its custom timeout "
            f"allows, and was stopped:\n{transcript.ending}".rstrip()
        )
    if code:
        how = f"exit status {code}" if code > 0 else f"signal {signal.Signals(-code).name}"
        raise ProviderError(f"{command.title} ended with {how}:\n{transcript.ending}".rstrip(":\n"))
