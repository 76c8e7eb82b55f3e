"""What the program writes for the stack `lab`, brought to the lab by guarded changes."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from config.load import load_network
from lab.agent import run_agent
from lab.commands import Completed
from lab.la1r import describe_la1r
from lab.laboratory import Lab, run_lab
from lab.machine import View
from plan.build import build_plan
from render.whole import render_network
from terms.values import DeviceRef
from tests.devices.deployer import APPLY
from tests.source_tree import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.root]

# Both LANs are 192.168.1.0/24. The operator stands in the first one.
HOME, EXTERNAL = DeviceRef("home", "gateway"), DeviceRef("external", "gateway")
MACHINES = {HOME: "home-gateway", EXTERNAL: "external-gateway"}
DIALLED = {HOME: "192.168.1.1", EXTERNAL: "203.0.113.3"}
NAS_AS_HOME_SEES_IT = "10.200.2.50"


def read_texts() -> Mapping[DeviceRef, str]:
    from ruamel.yaml import YAML

    described = YAML(typ="safe").load(Path(REPOSITORY, "Pulumi.lab.yaml"))["config"]
    plain = {key.removeprefix("la1r:"): value for key, value in described.items()}
    rendered = render_network(build_plan(load_network(plain)))
    return {device: rendered.bundle(device) for device in MACHINES}


@pytest.fixture
def la1r(needs_lab: None) -> Iterator[Lab]:  # noqa: ARG001 - only its skip is wanted
    with run_lab(describe_la1r()) as lab:
        yield lab


def make_keys(lab: Lab, texts: Mapping[DeviceRef, str]) -> dict[str, str]:
    """Make each interface's key on its device, and any key for the sites that stay away."""
    named = re.findall(r"@(?:gateway|psk)/\S+", "".join(texts.values()))
    words = {word: make_any_key() for word in named}
    for device, text in texts.items():
        machine = lab[MACHINES[device]]
        for name in re.findall(r"@private/(\S+)", text):
            line = f"umask 077; mkdir -p /etc/la1r/keys; wg genkey >/etc/la1r/keys/{name}.key"
            machine.run("sh", "-c", line)
        public = machine.run("sh", "-c", "wg pubkey </etc/la1r/keys/wg-mesh.key")
        words[f"@gateway/{device}"] = public.strip()
    return words


def make_any_key() -> str:
    made = subprocess.run(["wg", "genpsk"], capture_output=True, text=True, check=True)
    return made.stdout.strip()


def apply(lab: Lab, socket: str, device: DeviceRef, text: str, *options: str) -> Completed:
    """Run the operator's side where the operator is."""
    environment = {
        "PATH": os.environ["PATH"],
        "SSH_AUTH_SOCK": socket,
        "LA1R_HOST": DIALLED[device],
        "LA1R_PORT": "22",
        "LA1R_USER": "root",
        "LA1R_HOST_KEY": lab.host_keys[MACHINES[device]],
        "LA1R_WINDOW": "60",
        "LA1R_ADOPT": "yes" if device == EXTERNAL else "no",
    }
    command = (str(APPLY), *options, str(device))
    return lab["operator"].try_run(
        *command, text=text, seconds=60, view=View.NETWORK, environment=environment
    )


def test_two_sites_with_one_range_talk_after_a_guarded_change_of_each(la1r: Lab) -> None:
    texts = read_texts()
    words = make_keys(la1r, texts)
    with run_agent(la1r.client_key) as socket:
        for device, text in texts.items():
            known = "".join(f"{word} {words[word]}\n" for word in words if word in text)
            for done in (
                apply(la1r, socket, device, known, "--keys"),
                apply(la1r, socket, device, text),
            ):
                assert done.returncode == 0, done.stderr
        again = [apply(la1r, socket, device, text).stderr for device, text in texts.items()]

    ping = ("busybox", "ping", "-c", "3", "-W", "2", NAS_AS_HOME_SEES_IT)
    assert again == [f"{device}: already in force\n" for device in texts]
    assert str(la1r["home-pc"].ask_for_address("eth0")).startswith("192.168.1.1")
    assert "3 packets received" in la1r["home-pc"].run(*ping)
