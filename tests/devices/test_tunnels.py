"""Keys are joined where nobody sees them, and a change touches no tunnel but those it is about."""

import re
import subprocess
import time
from pathlib import Path

import pytest

from tests.devices.bench_device import OPERATOR, BenchDevice, Done
from tests.devices.texts import bundle, name_of, peer, tunnel_bundle

pytestmark = [pytest.mark.slow, pytest.mark.root]

PORT, FAR_PORT = 51820, 51821
CABIN = peer("cabin", "10.8.0.2/32, 10.200.2.0/24")
BARN = peer("barn", "10.8.0.3/32", shared=False)
NOTED = ("awk", "cat", "cp", "cut", "grep", "ip", "mv", "nft", "sed", "setsid", "sh", "sort", "wg")
KEY_FORM = re.compile(r"[A-Za-z0-9+/]{43}=")


def make(what: str, text: str = "") -> str:
    """Make a WireGuard key."""
    return subprocess.run(
        ["wg", what], input=text, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def keys(device: BenchDevice) -> dict[str, str]:
    """Give the device a private key, and what its words stand for."""
    folder = device.root / "etc/la1r/keys"
    folder.chmod(0o700)
    (folder / "wg-mesh.key").write_text(make("genkey") + "\n")
    return {
        "@gateway/cabin/gateway": make("pubkey", make("genkey")),
        "@gateway/barn/gateway": make("pubkey", make("genkey")),
        "@psk/home--cabin": make("genpsk"),
    }


def send(device: BenchDevice, keys: dict[str, str]) -> Done:
    """Send a list of keys."""
    return device.verb("keys", text="".join(f"{word} {key}\n" for word, key in keys.items()))


def peers(device: BenchDevice) -> dict[str, list[str]]:
    """By public key: shared key, endpoint, allowed addresses, handshake, traffic, keepalive."""
    lines = device.read("wg", "show", "wg-mesh", "dump").splitlines()[1:]
    return {fields[0]: fields[1:] for fields in (line.split("\t") for line in lines)}


def test_a_tunnel_gets_its_keys_addresses_and_routes(
    device: BenchDevice, keys: dict[str, str]
) -> None:
    text = tunnel_bundle(PORT, CABIN, BARN)

    assert send(device, keys).stdout.startswith("kept ")
    device.deploy(text)

    found = peers(device)
    cabin, barn = (found[keys[f"@gateway/{name}/gateway"]] for name in ("cabin", "barn"))
    assert (cabin[0], cabin[2]) == (keys["@psk/home--cabin"], "10.8.0.2/32,10.200.2.0/24")
    assert (barn[0], barn[2]) == ("(none)", "10.8.0.3/32")
    assert device.read("wg", "show", "wg-mesh", "listen-port") == f"{PORT}\n"
    assert "10.8.0.1/24" in device.read("ip", "-4", "address", "show", "dev", "wg-mesh")
    assert "10.200.2.0/24 dev wg-mesh proto 108" in device.read("ip", "route")
    assert "mtu 1412" in device.read("ip", "link", "show", "dev", "wg-mesh")


def test_a_change_about_one_peer_leaves_the_others_where_they_roamed(
    device: BenchDevice, keys: dict[str, str]
) -> None:
    cabin = peer("cabin", "10.8.0.2/32, 10.200.2.0/24", endpoint="192.0.2.7:51820")
    send(device, keys)
    device.deploy(tunnel_bundle(PORT, cabin, BARN))
    roamed = "198.51.100.9:4444"
    device.read("wg", "set", "wg-mesh", "peer", keys["@gateway/cabin/gateway"], "endpoint", roamed)

    device.deploy(tunnel_bundle(PORT, cabin))

    assert list(peers(device)) == [keys["@gateway/cabin/gateway"]]
    assert peers(device)[keys["@gateway/cabin/gateway"]][1] == roamed


@pytest.mark.parametrize("kept", [True, False], ids=["confirmed", "undone"])
def test_a_new_shared_key_is_a_guarded_change(
    device: BenchDevice, keys: dict[str, str], kept: bool
) -> None:
    send(device, keys)
    device.deploy(tunnel_bundle(PORT, CABIN))
    new = {**keys, "@psk/home--cabin": make("genpsk")}

    outcome, digest = send(device, new).stdout.split()
    device.changes += 1
    device.verb("activate", device.last, "same", digest, "60", "no", OPERATOR)
    live = peers(device)[keys["@gateway/cabin/gateway"]][0]
    ended = device.confirm() if kept else device.undo()

    assert (outcome, live, ended.returncode) == ("staged", new["@psk/home--cabin"], 0)
    after = peers(device)[keys["@gateway/cabin/gateway"]][0]
    assert after == (new if kept else keys)["@psk/home--cabin"]


def test_a_key_that_is_still_used_stays_though_the_new_list_lacks_it(
    device: BenchDevice, keys: dict[str, str]
) -> None:
    send(device, keys)
    device.deploy(tunnel_bundle(PORT, CABIN, BARN))

    outcome = send(device, {"@gateway/attic/gateway": make("pubkey", make("genkey"))})

    (kept,) = (device.root / "etc/la1r/keys").glob("list-*")
    assert outcome.stdout.startswith("kept ")
    assert set(keys.values()) <= set(kept.read_text().split())
    assert "attic" in kept.read_text()


def test_a_damaged_list_of_keys_is_refused_without_showing_it(
    device: BenchDevice, keys: dict[str, str]
) -> None:
    secret = keys["@psk/home--cabin"]

    done = send(device, {**keys, "@psk/home--cabin": secret[:-2]})

    assert done.returncode == 1
    assert "the list of keys was damaged on its way here" in done.stderr
    assert secret[:20] not in done.stderr + done.stdout


def test_two_gateways_with_one_key_are_refused(device: BenchDevice, keys: dict[str, str]) -> None:
    done = send(device, {**keys, "@gateway/barn/gateway": keys["@gateway/cabin/gateway"]})

    assert "@gateway/barn/gateway and @gateway/cabin/gateway have one key" in done.stderr
    assert not list((device.root / "etc/la1r/keys").glob("list-*"))


def test_no_secret_is_said_stands_on_a_command_line_or_is_readable_by_others(
    device: BenchDevice, keys: dict[str, str], tmp_path: Path
) -> None:
    log = record_commands(device, tmp_path)
    text = tunnel_bundle(PORT, CABIN)
    said = [send(device, keys), device.stage(text), device.activate(text), device.confirm()]
    new = {**keys, "@psk/home--cabin": make("genpsk")}
    digest = send(device, new).stdout.split()[1]
    device.changes += 1
    said += [device.verb("activate", device.last, "same", digest, "60", "no", OPERATOR)]
    said += [device.undo()]

    private = (device.root / "etc/la1r/keys/wg-mesh.key").read_text().strip()
    secrets = {private, keys["@psk/home--cabin"], new["@psk/home--cabin"]}
    lines = log.read_text()
    assert "addconf" in lines
    assert not KEY_FORM.findall("".join(done.stdout + done.stderr for done in said))
    assert not [secret for secret in secrets if secret in lines]
    assert find_open(device.root, secrets) == []


def record_commands(device: BenchDevice, tmp_path: Path) -> Path:
    """Have every program note its arguments before it runs."""
    folder, log = tmp_path / "noted", tmp_path / "log"
    folder.mkdir()
    log.touch()
    for tool in NOTED:
        wrapper = folder / tool
        wrapper.write_text(
            f'#!/bin/dash\nprintf "%s\\n" "{tool} $*" >>{log}\n'
            f'PATH={device.path} exec {tool} "$@"\n'
        )
        wrapper.chmod(0o755)
    device.path = f"{folder}:{device.path}"
    return log


def find_open(root: Path, secrets: set[str]) -> list[Path]:
    """List files that hold a secret and that others than root may reach."""
    closed = (root / "etc/la1r/keys", root / "run/la1r")
    assert {folder.stat().st_mode & 0o777 for folder in closed} == {0o700}
    return [
        file
        for file in root.rglob("*")
        if file.is_file() and any(secret in file.read_text(errors="replace") for secret in secrets)
        if file.stat().st_mode & 0o077 and not file.is_relative_to(closed[0])
    ]


def test_a_silent_peer_is_dialled_anew_and_a_living_one_is_left_alone(
    device: BenchDevice, keys: dict[str, str]
) -> None:
    private = make("genkey")
    keys["@gateway/barn/gateway"] = make("pubkey", private)
    own = (device.root / "etc/la1r/keys/wg-mesh.key").read_text().strip()
    send(device, keys)
    cabin = peer("cabin", "10.8.0.2/32", endpoint="localhost:4500")
    barn = peer("barn", "10.8.0.3/32", endpoint="192.0.2.1:9", shared=False)
    device.deploy(tunnel_bundle(PORT, cabin, barn))
    dial_from_afar(device, private, make("pubkey", own))
    silent = keys["@gateway/cabin/gateway"]
    device.read("wg", "set", "wg-mesh", "peer", silent, "endpoint", "192.0.2.5:1")

    assert device.verb("resolve").returncode == 0

    assert peers(device)[silent][1].endswith(":4500")
    assert peers(device)[keys["@gateway/barn/gateway"]][1] == f"127.0.0.1:{FAR_PORT}"


def dial_from_afar(device: BenchDevice, private: str, public: str) -> None:
    """Let another end dial the device from a place that nobody declared, until it has a session."""
    commands = (
        "setsid wireguard-go far >/dev/null 2>&1; until wg show far >/dev/null 2>&1; do :; done;"
        f" cat >/run/far; wg set far listen-port {FAR_PORT} private-key /run/far peer {public}"
        f" endpoint 127.0.0.1:{PORT} persistent-keepalive 1 allowed-ips 10.9.0.0/16;"
        " ip link set far up"
    )
    assert device.run("sh", "-c", commands, text=private).returncode == 0
    deadline = time.monotonic() + 10
    while not any(int(fields[3]) for fields in peers(device).values()):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_name_without_an_address_stops_no_tunnel(
    device: BenchDevice, keys: dict[str, str]
) -> None:
    send(device, keys)
    text = tunnel_bundle(PORT, peer("cabin", "10.8.0.2/32", endpoint="cabin.invalid:51820"), BARN)

    device.deploy(text)

    assert len(peers(device)) == 2
    assert device.stage(text).stdout == f"current {name_of(text)}\n"


def test_after_a_restart_tunnels_have_their_keys_again(
    device: BenchDevice, keys: dict[str, str]
) -> None:
    send(device, keys)
    text = tunnel_bundle(PORT, CABIN)
    device.deploy(text)
    before = device.state()
    device.run("ip", "link", "delete", "wg-mesh")
    device.run("sh", "-c", "rm -rf $LA1R_ROOT/run/la1r; nft flush ruleset")

    done = device.verb("boot")

    assert (done.returncode, done.stderr) == (0, "")
    assert device.state() == before
    assert device.stage(text).stdout == f"current {name_of(text)}\n"


def test_an_interface_that_leaves_the_description_goes(
    device: BenchDevice, keys: dict[str, str]
) -> None:
    send(device, keys)
    device.deploy(tunnel_bundle(PORT, CABIN))

    device.deploy(bundle())

    assert device.run("ip", "link", "show", "wg-mesh").returncode != 0
    assert "wg-mesh" not in device.read("ip", "route")


def test_an_interface_of_others_is_left_to_them(device: BenchDevice, keys: dict[str, str]) -> None:
    send(device, keys)
    device.run("sh", "-c", "setsid wireguard-go wg-mesh >/dev/null 2>&1; sleep 0.3")

    done = device.stage(tunnel_bundle(PORT, CABIN))

    assert "an interface wg-mesh is there already and is not la1r's" in done.stderr


def test_an_interface_of_others_that_is_taken_over_is_given_back_when_undone(
    device: BenchDevice, keys: dict[str, str]
) -> None:
    send(device, keys)
    public = make("pubkey", make("genkey"))
    by_hand = (
        "setsid wireguard-go wg-mesh >/dev/null 2>&1; sleep 0.3; wg genkey >/run/key;"
        f" wg set wg-mesh private-key /run/key listen-port 4400 peer {public}"
        " allowed-ips 10.7.0.0/16; ip address add 10.7.0.1/16 dev wg-mesh;"
        " ip link set wg-mesh mtu 1380 up"
    )
    device.read("sh", "-c", by_hand)
    before = device.state()
    text = tunnel_bundle(PORT, CABIN)
    assert device.stage(text, adopt="yes").returncode == 0

    assert device.activate(text, adopt="yes").returncode == 0
    during = peers(device)
    device.undo()

    assert list(during) == [keys["@gateway/cabin/gateway"]]
    assert device.state() == before
