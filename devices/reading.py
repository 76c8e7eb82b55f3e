"""Runs `devices/read` for several devices at once -> their facts, or why there are none."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from devices.facts import DeviceFacts, UnreadableFactsError, parse_facts

SCRIPT = Path("devices") / "read"
# Connections at once: the operator's own computer and its agent are the limit.
AT_ONCE = 16
# A device takes a second or two, and some more for other DHCP servers to answer.
SECONDS = 60
WRONG_START = "not read. "


@dataclass(frozen=True, slots=True)
class Request:
    """A device to read, and what devices/read has to know to log in."""

    device: str
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unread:
    """A device that could not be read, and why, as a sentence."""

    device: str
    reason: str


Answer = DeviceFacts | Unread


def read_devices(folder: Path, requests: Sequence[Request], *words: str) -> Mapping[str, Answer]:
    """Read every device over one connection each; `words` ask for more: `dhcp`, `live`."""
    return asyncio.run(_read_all(folder, requests, words))


async def _read_all(
    folder: Path, requests: Sequence[Request], words: Sequence[str]
) -> Mapping[str, Answer]:
    slots = asyncio.Semaphore(AT_ONCE)

    async def read(request: Request) -> Answer:
        async with slots:
            return await _read(folder, request, words)

    answers = await asyncio.gather(*map(read, requests))
    return {request.device: answer for request, answer in zip(requests, answers, strict=True)}


async def _read(folder: Path, request: Request, words: Sequence[str]) -> Answer:
    process = await asyncio.create_subprocess_exec(
        str(folder / SCRIPT),
        request.device,
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **request.environment},
        # So that ssh ends with the script that waits for it.
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(SECONDS):
            said, errors = await process.communicate()
    except TimeoutError:
        return Unread(request.device, f"It did not answer within {SECONDS} s.")
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode != 0:
        return Unread(request.device, _say_why(request.device, errors.decode(errors="replace")))
    try:
        return parse_facts(said.decode(errors="replace"))
    except UnreadableFactsError as error:
        return Unread(request.device, error.reason)


def _say_why(device: str, errors: str) -> str:
    sentence = " ".join(errors.split()).removeprefix(f"{device}: ").removeprefix(WRONG_START)
    return sentence or "It gave no reason."
