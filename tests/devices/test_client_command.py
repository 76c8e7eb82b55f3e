"""`la1r client` against a machine, over SSH: its own key is asked for, and real handshakes seen."""

import json
import re
import sys

import pytest

from lab.commands import Completed
from lab.machine import RunningMachine
from tests.devices.small_site import CLIENT, Operator

pytestmark = [pytest.mark.slow, pytest.mark.root]

OTHER_HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFsTmJ4ZIHvMi0hG4YX8Ou1pHQ8AsOUJdlKuQPWxBnnU"
# Any key of WireGuard, also in the middle of a line.
KEY = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=")


def try_client(operator: Operator, verb: str, *more: str) -> Completed:
    """Run a verb about clients of the operator's stack."""
    program = "from cli.main import main; main()"
    return operator.run(sys.executable, "-c", program, "client", verb, "--stack", "small", *more)


def client(operator: Operator, verb: str, *more: str) -> str:
    """Run a verb about clients, which has to end well; give what it printed."""
    done = try_client(operator, verb, *more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def dial(machine: RunningMachine, text: str, to: str) -> None:
    """Bring the tunnel of a client's file up where nobody looks after names, and see it answer."""
    text = re.sub(r"(?m)^DNS = .*\n", "", re.sub(r"(?<=Endpoint = )[^:]+", to, text))
    machine.run("sh", "-c", "umask 077 && cat >/etc/wireguard/wg-family.conf", text=text)
    machine.run("wg-quick", "up", "wg-family")
    answered = "wg show wg-family latest-handshakes | grep -q '[1-9][0-9]*$'"
    machine.run("sh", "-c", f"until {answered}; do sleep 0.1; done")


def listed(operator: Operator) -> dict[str, dict[str, object]]:
    """Give the clients as programs see them, by name."""
    record = json.loads(client(operator, "list", "--json"))
    return {one["name"]: one for one in record["clients"]}


def test_a_client_is_let_in_seen_and_shut_out(operator: Operator) -> None:
    router, inner = operator.deployer.router, operator.deployer.lab["inner"]
    operator.up()
    own = router.run("wg", "show", "wg-family", "public-key").strip()
    file = client(operator, "add", "phone", "--tenant", "family")
    private = re.findall("PrivateKey = (.*)", file)[0]
    undeployed = listed(operator)["phone"]
    operator.up()
    never = listed(operator)["phone"]
    dial(inner, file, "192.168.1.1")
    seen, text = listed(operator), client(operator, "list")
    client(operator, "revoke", "phone")
    strangers = json.loads(client(operator, "list", "--json"))["strangers"]
    operator.up()
    gone = json.loads(client(operator, "list", "--json"))["strangers"]

    assert f"PublicKey = {own}\n" in file
    assert (undeployed["state"], never["state"]) == ("not deployed", "never seen")
    assert (seen["phone"]["state"], seen["laptop"]["state"]) == ("seen", "never seen")
    assert str(seen["phone"]["last_handshake"]).endswith("+00:00")
    assert re.search(r"phone .* \d+ seconds? ago", text)
    assert [len(keys) for keys in strangers.values()] == [1]
    assert gone == {}
    assert private not in router.run("grep", "-r", "", "/etc/la1r", "/run/la1r")


def test_the_key_of_a_deployed_endpoint_is_known_without_asking_its_device(
    operator: Operator,
) -> None:
    up = operator.la1r("up", "--yes")
    assert up.returncode == 0, up.stdout + up.stderr
    own = operator.deployer.router.run("wg", "show", "wg-family", "public-key").strip()
    operator.describe(OTHER_HOST_KEY)

    assert f"PublicKey = {own}\n" in client(operator, "add", "phone", "--tenant", "family")


def test_what_an_endpoint_does_not_say_is_not_made_up(operator: Operator) -> None:
    bare = try_client(operator, "list")
    operator.describe(
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFsTmJ4ZIHvMi0hG4YX8Ou1pHQ8AsOUJdlKuQPWxBnnU"
    )
    done = try_client(operator, "list")
    add = try_client(operator, "add", "phone", "--tenant", "family")
    own = try_client(operator, "show", "laptop")

    assert re.search(r"laptop .* not deployed\n", bare.stdout)
    assert re.search(r"laptop .* not read\n", done.stdout)
    assert "home/router was not read" in done.stderr
    assert "another host key" in done.stderr
    assert (add.returncode, add.stdout) == (1, "")
    assert "the device itself: It answers with another host key" in add.stderr
    assert not KEY.findall(own.stdout.replace(CLIENT, ""))
