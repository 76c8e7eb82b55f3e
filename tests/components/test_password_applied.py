"""A password that a node makes: over SSH, into the cluster's Secret, and nowhere else."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.values import Properties
from tests.components.cluster_stack import ENGINES, DescribedStack
from tests.engine.deployed import PASSPHRASE
from tests.engine.ssh_server import Server, needs_sshd, ssh_server

pytestmark = [pytest.mark.slow, needs_sshd]

PASSWORD_SECRET: Properties = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "weave-passwd", "namespace": "kube-system"},
}
# The node is an SSH server on this machine, which keeps its keys in the folder of the test.
PLACE = """
from components import device_keys
from components.connection import Dialled, WayIn
from components.weave_cluster import KeyPlace
from terms.values import DeviceRef

device_keys.KEY_FOLDER = {keys!r}
node = Dialled("127.0.0.1", {port}, {user!r}, {host_key!r})
way_in = WayIn(DeviceRef("home", "server"), node, None, 60, False)
place = KeyPlace(way_in, note("files"))
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    folder = tmp_path / "ssh"
    folder.mkdir()
    with ssh_server(folder) as running:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(running.agent))
        yield running


@pytest.fixture(params=ENGINES)
def described(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    kubeconfig: str,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[DescribedStack]:
    """The smallest stack with an encrypted pod network, whose password nobody gave."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    stack = DescribedStack(tmp_path, kubeconfig, "dev", request.param)
    stack.change(lambda config: config["la1r:cluster"].update(weave={"encryption": True}))
    keys = str(tmp_path / "keys")
    place = PLACE.format(keys=keys, port=server.port, user=server.user, host_key=server.host_key)
    program = stack.folder / "__main__.py"
    text = program.read_text().replace("secrets, options)", "secrets, options, place)")
    given = next(line for line in text.splitlines() if line.startswith("password = "))
    program.write_text(text.replace(given, f"password = None\n{place}"))
    yield stack
    stack.take_away()


def test_a_password_is_made_once_and_stands_in_clear_on_the_node_and_in_the_cluster_alone(
    described: DescribedStack,
) -> None:
    runs = [described.engine.preview(), described.up()]
    kept = (described.folder / "keys" / "weave.key").read_text().strip()
    live = described.objects.read(PASSWORD_SECRET) or {}
    in_cluster = str(live["data"]["weave-passwd"])  # type: ignore[index,call-overload]  # it has it
    again = described.up()
    everything = [text for run in (*runs, again) for text in (run.told, run.everything)]
    everything.append(json.dumps(described.engine.export()))

    assert len(base64.b64decode(kept)) * 8 == 256
    assert base64.b64decode(in_cluster).decode() == kept
    assert again.changes == ()
    assert not [form for form in (kept, in_cluster) if form in "".join(everything)]
