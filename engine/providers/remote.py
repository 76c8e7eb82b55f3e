"""Runs a command on another machine, as a resource describes it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, TypeVar

from engine.providers.base import Call, CancelledError, ProviderError
from engine.providers.local import Command
from engine.providers.ssh import connected
from engine.providers.transcript import Output, Stream, Transcript
from engine.values import Properties, unwrap

if TYPE_CHECKING:
    from asyncssh import SSHClientConnection, SSHClientProcess, SSHReader

_T = TypeVar("_T")
_CHUNK = 65536
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def run_remote(command: Command, inputs: Properties, asked: tuple[str, ...], call: Call) -> Output:
    """Run a command to its end; ``asked`` names the variables it cannot do without.

    Raises ProviderError when it cannot be reached, fails or takes too long.
    """
    return in_own_loop(lambda: _run(command, inputs, asked, call), command.title, call)


def in_own_loop(work: Callable[[], Coroutine[None, None, _T]], title: str, call: Call) -> _T:
    """Do the work in this thread, within the call's limits."""
    import asyncssh

    async def limited() -> _T:
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        assert task is not None, "it runs"  # noqa: S101  # a bug, not a mistake

        def stop() -> None:
            loop.call_soon_threadsafe(task.cancel)

        with call.cancellation.ended_by(stop):
            async with asyncio.timeout(call.timeout):
                return await work()

    try:
        return asyncio.run(limited())
    except TimeoutError as error:
        raise ProviderError(
            f"{title} took longer than {call.timeout:g} s, which its custom timeout allows"
        ) from error
    except asyncio.CancelledError as error:
        raise CancelledError(f"{title} was stopped in the middle") from error
    except (OSError, asyncssh.Error) as error:
        raise ProviderError(f"{title} lost its connection: {error}") from error


async def _run(command: Command, inputs: Properties, asked: tuple[str, ...], call: Call) -> Output:
    connection = unwrap(inputs.get("connection"))
    assert isinstance(connection, dict), "check has seen to it"  # noqa: S101  # a bug, not a mistake
    transcript = Transcript(inputs.get("logging"), call)
    async with connected(connection, call) as session:
        if asked:
            await _expect_variables(session, command, asked)
        process = await _start(session, command.line, dict(command.environment))
        await asyncio.gather(
            _take(process.stdout, Stream.STDOUT, transcript),
            _take(process.stderr, Stream.STDERR, transcript),
            _give(process, command.stdin),
        )
        await process.wait_closed()
    _judge(process, command, transcript)
    return transcript.output


async def _start(
    session: SSHClientConnection, line: str, environment: dict[str, str]
) -> SSHClientProcess[bytes]:
    import asyncssh

    try:
        return await session.create_process(line, env=environment, encoding=None)
    except (OSError, asyncssh.Error) as error:
        raise ProviderError(f"the machine does not start a command: {error}") from error


async def _expect_variables(
    session: SSHClientConnection, command: Command, names: tuple[str, ...]
) -> None:
    """SSH servers drop variables without a word; a command without them is another command."""
    if strange := [name for name in names if not _NAME.fullmatch(name)]:
        raise ProviderError(f"'{strange[0]}' is no name of an environment variable")
    present = "".join(f"${{{name}+x}}" for name in names)
    line = f'test "{present}" = {"x" * len(names)}'
    process = await _start(session, line, dict(command.environment))
    await process.wait_closed()
    if process.exit_status != 0:
        raise ProviderError(
            f"the machine does not take the environment variables {', '.join(names)}: its SSH "
            "server accepts those that AcceptEnv names. Name them there, or write them into the "
            "command, or into its standard input where they are secret"
        )


async def _take(reader: SSHReader[bytes], stream: Stream, transcript: Transcript) -> None:
    while data := await reader.read(_CHUNK):
        transcript.take(stream, data)
    transcript.take(stream, b"", last=True)


async def _give(process: SSHClientProcess[bytes], text: str) -> None:
    import asyncssh

    try:
        if text:
            process.stdin.write(text.encode())
            await process.stdin.drain()
        process.stdin.write_eof()
    except (BrokenPipeError, ConnectionError, asyncssh.Error):
        return  # a command need not read what it is given


def _judge(process: SSHClientProcess[bytes], command: Command, transcript: Transcript) -> None:
    code = process.exit_status
    if code == 0:
        return
    how = "a lost connection" if code is None else f"exit status {code}"
    if process.exit_signal:
        how = f"signal {process.exit_signal[0]}"
    raise ProviderError(f"{command.title} ended with {how}:\n{transcript.ending}".rstrip(":\n"))
