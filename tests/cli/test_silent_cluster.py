"""A cluster that does not answer is named before the Pulumi CLI waits for it."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.silent_cluster import find_silence, tell_of_silent_cluster
from cli.stack import compute_whole
from tests.cli.conftest import seal
from tests.cli.small_program import PASSPHRASE

TOKEN = "a-token-that-nobody-may-read"  # noqa: S105  # a made-up one


@pytest.fixture
def silent() -> Iterator[str]:
    """A port that takes connections and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"


def kubeconfig(server: str) -> str:
    return json.dumps(
        {
            "clusters": [{"name": "c", "cluster": {"server": server}}],
            "users": [{"name": "u", "user": {"token": TOKEN}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }
    )


def test_who_takes_connections_and_says_nothing_is_silent(silent: str) -> None:
    assert find_silence(kubeconfig(silent)).startswith(f"the API server at {silent} does not")


def test_who_refuses_connections_is_silent() -> None:
    assert "Connection refused" in find_silence(kubeconfig("https://127.0.0.1:1"))


@pytest.mark.parametrize(
    "text",
    [pytest.param("", id="none"), pytest.param("users: [", id="one that the CLI cannot read")],
)
def test_where_nothing_can_be_asked_nothing_is_said(text: str) -> None:
    assert not find_silence(text)


def test_it_is_said_of_the_cluster_that_the_stack_has_a_secret_way_to(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seal(project, kubeconfig("https://127.0.0.1:1"))
    whole = compute_whole("dev")

    tell_of_silent_cluster(whole)
    sealed = capsys.readouterr()
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    tell_of_silent_cluster(whole)
    said = capsys.readouterr()

    assert (sealed.out, sealed.err, said.out) == ("", "", "")
    assert "The API server at https://127.0.0.1:1 does not answer: Connection refused." in said.err
    assert TOKEN not in said.err
