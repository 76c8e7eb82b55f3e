"""Runs a command on another machine, over SSH."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from engine.problems import Severity
from engine.providers.base import Call, ProviderError
from engine.values import Properties, unwrap_all

if TYPE_CHECKING:
    from asyncssh import SSHClientConnection, SSHKey

_T = TypeVar("_T")

FIRST_PAUSE = 0.1
PAUSE_GROWTH = 1.5
LONGEST_PAUSE = 5.0
"""Seconds between two tries to connect, and how they grow: as in the provider of the CLI."""

UNLIMITED = -1


class NoWayInError(ProviderError):
    """A machine was reached and does not let us in, or is not the one that was meant."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where SSH answers, how it is known, and what it is shown."""

    host: str
    port: int
    user: str
    host_key: str = ""
    password: str = ""
    private_key: str = ""
    private_key_password: str = ""
    agent: str = ""
    retries: int = 0
    seconds: float | None = None

    def __str__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}"


def read_endpoint(connection: Properties) -> Endpoint:
    """The endpoint a connection describes; what it leaves out has been filled in by ``check``."""
    plain = unwrap_all(connection)

    def text(key: str) -> str:
        return str(plain.get(key) or "")

    return Endpoint(
        host=text("host"),
        port=int(float(text("port") or 22)),
        user=text("user") or "root",
        host_key=text("hostKey"),
        password=text("password"),
        private_key=text("privateKey"),
        private_key_password=text("privateKeyPassword"),
        agent=text("agentSocketPath") or os.environ.get("SSH_AUTH_SOCK", ""),
        retries=int(float(text("dialErrorLimit") or 0)),
        seconds=float(text("perDialTimeout") or 0) or None,
    )


@asynccontextmanager
async def connected(connection: Properties, call: Call) -> AsyncIterator[SSHClientConnection]:
    """A connection to what is described, through its proxy if it has one.

    Raises ProviderError when it cannot be reached, NoWayInError when it says no.
    """
    proxy = connection.get("proxy")
    endpoint = read_endpoint(connection)
    if not isinstance(proxy, dict):
        async with await _dialled(endpoint, None, call) as straight:
            yield straight
        return
    async with (
        await _dialled(read_endpoint(proxy), None, call) as jump,
        await _dialled(endpoint, jump, call) as through,
    ):
        yield through


async def _dialled(
    endpoint: Endpoint, jump: SSHClientConnection | None, call: Call
) -> SSHClientConnection:
    host_key = _host_key(endpoint)
    async with _client_keys(endpoint) as keys:
        return await _retrying(endpoint, call, lambda: _dial(endpoint, jump, (keys, host_key)))


async def _dial(
    endpoint: Endpoint,
    jump: SSHClientConnection | None,
    known: tuple[list[object], SSHKey | None],
) -> SSHClientConnection:
    import asyncssh

    keys, host_key = known
    try:
        async with asyncio.timeout(endpoint.seconds):
            return await asyncssh.connect(
                endpoint.host,
                endpoint.port,
                tunnel=jump or (),
                config=None,
                username=endpoint.user,
                password=endpoint.password or None,
                client_keys=keys or None,
                known_hosts=([host_key], [], []) if host_key else None,
            )
    except asyncssh.HostKeyNotVerifiable as error:
        raise NoWayInError(
            f"{endpoint} shows another host key than the one in the description. If the machine "
            "was replaced, write its new key; if not, somebody else answers in its place"
        ) from error
    except asyncssh.PermissionDenied as error:
        raise NoWayInError(f"{endpoint} does not let us in: {_offered(endpoint)}") from error
    except TimeoutError as error:
        raise ProviderError(f"no answer within {endpoint.seconds:g} s") from error
    except (OSError, asyncssh.Error) as error:
        raise ProviderError(str(error) or type(error).__name__) from error


def _offered(endpoint: Endpoint) -> str:
    offers = [
        f"the SSH agent's keys ({endpoint.agent})" if endpoint.agent else "",
        "the connection's private key" if endpoint.private_key else "",
        "the connection's password" if endpoint.password else "",
    ]
    tried = ", ".join(filter(None, offers))
    return f"it accepts none of: {tried}" if tried else "there is no SSH agent, key or password"


async def _retrying(endpoint: Endpoint, call: Call, dial: Callable[[], Awaitable[_T]]) -> _T:
    """Dial again and again; ``retries`` more times than once, or for ever."""
    pause, tried = FIRST_PAUSE, 0
    while True:
        try:
            return await dial()
        except NoWayInError:
            raise
        except ProviderError as error:
            tried += 1
            if endpoint.retries != UNLIMITED and tried > endpoint.retries:
                times = "once" if tried == 1 else f"{tried} times"
                raise ProviderError(
                    f"{endpoint} cannot be reached, tried {times}: {error}"
                ) from error
            call.say(Severity.INFO, f"{endpoint} cannot be reached yet: {error}; trying again")
        await asyncio.sleep(pause)
        pause = min(pause * PAUSE_GROWTH, LONGEST_PAUSE)


@asynccontextmanager
async def _client_keys(endpoint: Endpoint) -> AsyncIterator[list[object]]:
    """The key of the connection, then those of the agent; never files that nobody named."""
    import asyncssh

    own = [_private_key(endpoint)] if endpoint.private_key else []
    if not endpoint.agent:
        yield own
        return
    agent = asyncssh.SSHAgentClient(endpoint.agent)
    try:
        offered = await agent.get_keys()
    except (OSError, ValueError, asyncssh.Error) as error:
        raise NoWayInError(
            f"the SSH agent at '{endpoint.agent}' does not answer: {error}"
        ) from error
    # It signs while a connection is made.
    async with agent:
        yield [*own, *offered]


def _private_key(endpoint: Endpoint) -> object:
    import asyncssh

    passphrase = endpoint.private_key_password or None
    try:
        return asyncssh.import_private_key(endpoint.private_key, passphrase)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise NoWayInError(f"the private key for {endpoint} cannot be used: {error}") from error


def _host_key(endpoint: Endpoint) -> SSHKey | None:
    import asyncssh

    if not endpoint.host_key:
        return None
    try:
        return asyncssh.import_public_key(endpoint.host_key)
    except asyncssh.KeyImportError as error:
        raise NoWayInError(
            f"the host key of {endpoint} is none: write it as in an authorized_keys file, "
            "'ssh-ed25519 AAAA...'"
        ) from error
