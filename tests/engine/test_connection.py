"""From a kubeconfig to a server: what is read, and what is said without giving anything away."""

from __future__ import annotations

import base64
import json
import socket
from typing import Any

import pytest

from engine.cluster.access import Access
from engine.cluster.connection import connect, is_offline
from engine.cluster.refusals import ClusterError, KubeconfigError, UnreachableError

# What nobody may ever read in a message.
TOKEN = "eyJhbGciOi-the-token-itself"  # noqa: S105  # a made-up one that must not show


def kubeconfig(server: str = "https://127.0.0.1:1", **user: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": user or {"token": TOKEN}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }


def write(**changes: Any) -> str:
    return json.dumps({**kubeconfig(), **changes})


@pytest.mark.parametrize(
    ("text", "offline"),
    [
        pytest.param("", True, id="nothing"),
        pytest.param(write(clusters=[]), True, id="no cluster"),
        pytest.param(write(), False, id="a cluster"),
    ],
)
def test_a_kubeconfig_without_a_cluster_means_none(text: str, offline: bool) -> None:
    assert is_offline(text) is offline


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(f"users: [{TOKEN}", "neither YAML nor JSON", id="broken"),
        pytest.param("~/.kube/config", "what is in the file, not its name", id="a path"),
        pytest.param(write(**{"current-context": None}), "No current context", id="no context"),
        pytest.param(write(**{"current-context": "other"}), "'other' not found", id="a wrong one"),
        pytest.param(write(users=[]), "incomplete", id="no user"),
        pytest.param(
            write(users=[{"name": "u", "user": {"token": ["a"]}}]), "incomplete", id="types"
        ),
        pytest.param(
            json.dumps(
                kubeconfig(
                    **{
                        "client-certificate-data": base64.b64encode(TOKEN.encode()).decode(),
                        "client-key-data": base64.b64encode(TOKEN.encode()).decode(),
                    }
                )
            ),
            "certificate or key",
            id="a key that is none",
        ),
        pytest.param(
            json.dumps(
                kubeconfig(
                    exec={"apiVersion": "client.authentication.k8s.io/v1", "command": "get-token"}
                )
            ),
            "get-token",
            id="a program",
        ),
    ],
)
def test_a_kubeconfig_that_cannot_be_used_is_refused_without_quoting_it(
    text: str, said: str
) -> None:
    with pytest.raises(KubeconfigError, match=said) as refused:
        connect(text)

    assert TOKEN not in str(refused.value)
    assert base64.b64encode(TOKEN.encode()).decode() not in str(refused.value)


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = f"https://127.0.0.1:{free.getsockname()[1]}"

    said = f"the API server at {server} does not answer: Connection refused$"
    with pytest.raises(UnreachableError, match=said) as refused:
        connect(json.dumps(kubeconfig(server))).reach()

    assert TOKEN not in str(refused.value)


@pytest.mark.slow
def test_a_server_that_keeps_silent_is_given_up_soon() -> None:
    # It takes connections and never says a word, as a filter on the way may do.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        access = Access(json.dumps(kubeconfig(f"https://127.0.0.1:{silent.getsockname()[1]}")))

        with pytest.raises(ClusterError, match="does not answer"):
            access.objects()

    # Asked again, it does not wait once more: the same refusal, at once.
    with pytest.raises(ClusterError, match="does not answer"):
        access.objects()
