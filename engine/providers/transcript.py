"""Keeps what a command writes, and shows it line by line while it goes on."""

from __future__ import annotations

import codecs
import threading
from dataclasses import dataclass
from enum import StrEnum

from engine.lines import Lines
from engine.problems import Severity
from engine.providers.base import Call
from engine.values import Value, unwrap

TOLD_LINES = 40
"""Of a failed command's output, the last lines say why; the first ones may be thousands."""


class Stream(StrEnum):
    """Where a command writes to."""

    STDOUT = "stdout"
    STDERR = "stderr"


_LOGGED = {
    "stdout": frozenset({Stream.STDOUT}),
    "stderr": frozenset({Stream.STDERR}),
    "stdoutAndStderr": frozenset(Stream),
    "none": frozenset[Stream](),
}


@dataclass(frozen=True, slots=True)
class Output:
    """What a command has written, without the end of the last line."""

    stdout: str = ""
    stderr: str = ""


class Transcript:
    """Takes the bytes of both streams, in the order of their arrival and from any thread."""

    def __init__(self, logging: Value, call: Call) -> None:
        logged = _LOGGED.get(str(unwrap(logging)), frozenset(Stream))
        self._logged = frozenset[Stream]() if call.hides_outputs else logged
        self._hides = call.hides_outputs
        self._lock = threading.Lock()
        self._parts: list[tuple[Stream, str]] = []
        decoder = codecs.getincrementaldecoder("utf-8")
        self._decoders = {stream: decoder(errors="replace") for stream in Stream}
        self._lines = {
            stream: Lines(lambda line: call.say(Severity.INFO, line)) for stream in Stream
        }

    def take(self, stream: Stream, data: bytes, *, last: bool = False) -> None:
        """Take what has arrived; ``last`` ends the stream."""
        with self._lock:
            text = self._decoders[stream].decode(data, final=last)
            self._parts.append((stream, text))
            if stream in self._logged:
                self._lines[stream].write(text)
                if last:
                    self._lines[stream].close()

    @property
    def output(self) -> Output:
        """All of it, by stream."""
        return Output(self._text(Stream.STDOUT), self._text(Stream.STDERR))

    def _text(self, stream: Stream) -> str:
        return "".join(text for each, text in self._parts if each is stream).removesuffix("\n")

    @property
    def ending(self) -> str:
        """The last lines of both streams as they came, for an error; not where they are secret."""
        if self._hides:
            return "(its output is secret and not shown)"
        lines = "".join(text for _, text in self._parts).splitlines()
        left_out = ["..."] if len(lines) > TOLD_LINES else []
        return "\n".join([*left_out, *lines[-TOLD_LINES:]])
