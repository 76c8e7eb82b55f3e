"""Remote commands run over SSH, and nothing is taken for the machine that was meant."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cancellation import Cancellation
from engine.problems import Severity
from engine.providers.base import Call, CancelledError, Comparison, Existing, ProviderError
from engine.providers.command import CommandProvider
from engine.providers.execution import Executions
from engine.values import ASSET_SIGNATURE, Blob, Properties, Secret
from tests.engine.ssh_server import Server, needs_sshd, ssh_server

pytestmark = [pytest.mark.slow, needs_sshd]

URN = "urn:pulumi:dev::p::command:remote:Command::name"
COPY = "urn:pulumi:dev::p::command:remote:CopyToRemote::name"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with ssh_server(tmp_path_factory.mktemp("ssh")) as running:
        yield running


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandProvider:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return CommandProvider(Executions(str(tmp_path)))


def inputs(server: Server, create: str, **more: object) -> Properties:
    given: Properties = {"connection": Secret(server.connection()), "create": create}  # type: ignore[arg-type]  # its values are plain
    return {**given, **more}  # type: ignore[dict-item]  # its values are plain


def changed(server: Server, **more: object) -> Properties:
    connection: Properties = {**server.connection(), **more}  # type: ignore[dict-item]  # its values are plain
    return {"connection": Secret(connection), "create": "true"}


def run(provider: CommandProvider, given: Properties, call: Call | None = None) -> Properties:
    return provider.create(URN, given, call or Call()).outputs


def test_output_comes_back_without_its_last_line_end(
    provider: CommandProvider, server: Server
) -> None:
    outputs = run(provider, inputs(server, "printf 'a\\n\\n'; echo b >&2"))

    assert (outputs["stdout"], outputs["stderr"]) == ("a\n", "b")


def test_standard_input_arrives_whole(provider: CommandProvider, server: Server) -> None:
    text = "line\n" * 100_000

    outputs = run(provider, inputs(server, "wc -c", stdin=text, logging="none"))

    assert str(outputs["stdout"]).strip() == str(len(text))


def test_a_line_of_any_length_is_taken(provider: CommandProvider, server: Server) -> None:
    outputs = run(provider, inputs(server, "head -c 1000000 /dev/zero | tr '\\0' x"))

    assert outputs["stdout"] == "x" * 1_000_000


def test_a_variable_arrives_that_the_machine_accepts(
    provider: CommandProvider, server: Server
) -> None:
    outputs = run(provider, inputs(server, "echo $WANTED", environment={"WANTED": "a b"}))

    assert outputs["stdout"] == "a b"


def test_a_variable_that_the_machine_drops_is_an_error(
    provider: CommandProvider, server: Server, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    given = inputs(server, f"touch {made}", environment={"UNWANTED": "x"})

    with pytest.raises(ProviderError, match="does not take the environment variables UNWANTED"):
        run(provider, given)

    assert not made.exists()


def test_an_update_sees_what_was_written_before(provider: CommandProvider, server: Server) -> None:
    given = inputs(server, "echo first", update="echo after $PULUMI_COMMAND_STDOUT")
    before = run(provider, given)

    comparison = Comparison(URN, given, before, given, id="x")

    assert provider.update(comparison, Call())["stdout"] == "after first"


def test_an_update_does_not_see_it_where_that_is_not_wanted(
    provider: CommandProvider, server: Server
) -> None:
    given = inputs(server, "echo ${PULUMI_COMMAND_STDOUT-none}", addPreviousOutputInEnv=False)

    comparison = Comparison(URN, given, {**given, "stdout": "old"}, given, id="x")

    assert provider.update(comparison, Call())["stdout"] == "none"


def test_a_deletion_runs_what_was_recorded(
    provider: CommandProvider, server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    given = inputs(server, f"touch {file}", delete=f"rm {file}")
    made = provider.create(URN, given, Call())
    assert file.exists()

    provider.delete(Existing(URN, made.id, {}, made.outputs), Call())

    assert not file.exists()


def test_a_failing_command_tells_its_status_and_its_last_lines(
    provider: CommandProvider, server: Server
) -> None:
    with pytest.raises(ProviderError, match=r"ended with exit status 7:\nwhy") as failure:
        run(provider, inputs(server, "echo why; exit 7"))

    assert '"echo why; exit 7"' in str(failure.value)


def test_secret_output_is_told_neither_live_nor_in_an_error(
    provider: CommandProvider, server: Server
) -> None:
    told: list[tuple[Severity, str]] = []
    call = Call(say=lambda severity, text: told.append((severity, text)), hides_outputs=True)

    with pytest.raises(ProviderError, match="its output is secret") as failure:
        run(provider, inputs(server, "echo hush; exit 1"), call)

    assert told == []
    assert "hush" not in str(failure.value).replace("echo hush", "")


@pytest.mark.parametrize("logging", ["stdout", "stderr", "stdoutAndStderr", "none"])
def test_what_is_logged_is_what_was_asked_for(
    provider: CommandProvider, server: Server, logging: str
) -> None:
    told: list[str] = []
    call = Call(say=lambda _severity, text: told.append(text))

    run(provider, inputs(server, "echo stdout; echo stderr >&2", logging=logging), call)

    expected = {"stdoutAndStderr": {"stdout", "stderr"}, "none": set()}
    assert set(told) == expected.get(logging, {logging})


def test_another_host_key_is_refused_before_anything_is_sent(
    provider: CommandProvider, server: Server, tmp_path: Path
) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "k"], check=True
    )
    other = (tmp_path / "k.pub").read_text()

    with pytest.raises(ProviderError, match="shows another host key than the one"):
        run(provider, changed(server, hostKey=other, dialErrorLimit=10))


def test_a_host_key_that_is_none_is_told(provider: CommandProvider, server: Server) -> None:
    with pytest.raises(ProviderError, match=r"the host key of .* is none"):
        run(provider, changed(server, hostKey="ssh-ed25519 nonsense"))


def test_each_of_a_machines_host_keys_can_be_pinned(
    provider: CommandProvider, server: Server
) -> None:
    rsa = (server.folder / "rsa.pub").read_text()

    assert run(provider, changed(server, hostKey=rsa))["stdout"] == ""


def test_a_private_key_serves_without_an_agent(provider: CommandProvider, server: Server) -> None:
    given = changed(server, privateKey=Secret(server.private_key), agentSocketPath=None)

    assert run(provider, given)["stdout"] == ""


def test_nothing_to_log_in_with_is_told(provider: CommandProvider, server: Server) -> None:
    with pytest.raises(ProviderError, match="there is no SSH agent, key or password"):
        run(provider, changed(server, agentSocketPath=None))


def test_an_agent_that_does_not_answer_is_told(
    provider: CommandProvider, server: Server, tmp_path: Path
) -> None:
    with pytest.raises(ProviderError, match=r"the SSH agent at '.*/none' does not answer"):
        run(provider, changed(server, agentSocketPath=str(tmp_path / "none")))


def test_a_jump_host_is_gone_through(provider: CommandProvider, server: Server) -> None:
    proxy = server.connection()

    outputs = run(provider, changed(server, proxy=proxy) | {"create": "echo $SSH_CLIENT"})

    assert str(outputs["stdout"]).startswith("127.0.0.1")


def test_a_jump_host_that_is_not_there_is_named(provider: CommandProvider, server: Server) -> None:
    proxy = {**server.connection(), "port": 1}

    with pytest.raises(ProviderError, match=r"@127\.0\.0\.1:1 cannot be reached, tried once"):
        run(provider, changed(server, proxy=proxy))


def test_dialling_is_tried_again_as_often_as_allowed(
    provider: CommandProvider, server: Server
) -> None:
    told: list[str] = []
    call = Call(say=lambda _severity, text: told.append(text))

    with pytest.raises(ProviderError, match="tried 3 times"):
        run(provider, changed(server, port=1, dialErrorLimit=2), call)

    assert len(told) == 2


def test_a_command_that_takes_too_long_is_stopped(
    provider: CommandProvider, server: Server
) -> None:
    with pytest.raises(ProviderError, match=r"took longer than 0\.5 s"):
        run(provider, inputs(server, "sleep 60"), Call(timeout=0.5))


def test_a_command_can_be_given_up(provider: CommandProvider, server: Server) -> None:
    cancellation = Cancellation()
    call = Call(
        cancellation=cancellation,
        say=lambda _severity, _text: threading.Thread(target=cancellation.cancel).start(),
    )

    with pytest.raises(CancelledError, match="was stopped in the middle"):
        run(provider, inputs(server, "echo begun; sleep 60"), call)


def test_a_command_is_not_begun_once_all_is_given_up(
    provider: CommandProvider, server: Server, tmp_path: Path
) -> None:
    cancellation = Cancellation()
    cancellation.cancel()

    with pytest.raises(CancelledError):
        run(provider, inputs(server, f"touch {tmp_path}/made"), Call(cancellation=cancellation))

    assert not (tmp_path / "made").exists()


def test_text_is_copied_and_only_other_text_again(
    provider: CommandProvider, server: Server, tmp_path: Path
) -> None:
    target = tmp_path / "copied"
    given = {
        **changed(server),
        "remotePath": str(target),
        "source": Blob(ASSET_SIGNATURE, {"text": "one", "hash": "1"}),
    }
    made = provider.create(COPY, given, Call())
    assert target.read_text() == "one"

    target.unlink()
    provider.update(Comparison(COPY, given, made.outputs, given, id=made.id), Call())
    assert not target.exists()

    other = {**given, "source": Blob(ASSET_SIGNATURE, {"text": "two", "hash": "2"})}
    provider.update(Comparison(COPY, given, made.outputs, other, id=made.id), Call())
    assert target.read_text() == "two"
