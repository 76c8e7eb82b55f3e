"""What a device says of its keys, from a blank disk to a tunnel, and after it was given back."""

import pytest

from devices.facts import DeviceFacts, parse_facts
from tests.devices.bench_device import BenchDevice
from tests.devices.equipped import equip, read
from tests.devices.test_tunnels import CABIN, PORT, make, send
from tests.devices.texts import tunnel_bundle

pytestmark = [pytest.mark.slow, pytest.mark.root]

TEXT = tunnel_bundle(PORT, CABIN)


def facts(device: BenchDevice) -> DeviceFacts:
    """What the device says."""
    return parse_facts(read(device))


def test_a_blank_disk_has_no_keys(device: BenchDevice) -> None:
    found = facts(device)

    assert (found.own_keys, found.knows_others) == ({}, False)


def test_a_device_says_the_public_half_of_its_key_alone(device: BenchDevice) -> None:
    equip(device)
    private = (device.root / "etc/la1r/keys/wg-mesh.key").read_text()
    found = facts(device)

    assert found.own_keys == {"wg-mesh": make("pubkey", private)}
    assert found.knows_others
    assert private.strip() not in str(found)


def test_a_key_whose_file_is_gone_is_that_of_its_tunnel_and_is_written_down_again(
    device: BenchDevice,
) -> None:
    """A new one would part the device from its peers, and perhaps from the operator."""
    equip(device)
    device.deploy(TEXT)
    file = device.root / "etc/la1r/keys/wg-mesh.key"
    before, key = facts(device), file.read_text()
    file.unlink()
    meanwhile = facts(device)
    device.deploy_again(TEXT)

    assert meanwhile.own_keys == before.own_keys
    assert (file.read_text(), file.stat().st_mode & 0o777) == (key, 0o600)


def test_a_key_that_a_hand_changed_is_not_what_peers_know(device: BenchDevice) -> None:
    equip(device)
    device.deploy(TEXT)
    before = facts(device)
    (device.root / "etc/la1r/keys/wg-mesh.key").write_text(make("genkey") + "\n")

    assert facts(device).own_keys == before.own_keys


def test_stand_ins_are_told_from_keys_until_the_keys_come(device: BenchDevice) -> None:
    device.verb("prepare", text=TEXT)
    device.deploy(TEXT)
    before = facts(device)
    keys = {
        "@gateway/cabin/gateway": make("pubkey", make("genkey")),
        "@psk/home--cabin": make("genpsk"),
    }
    device.changes += 1
    _, digest = send(device, keys).stdout.split()
    device.verb("activate", device.last, "same", digest, "60", "no", "anna@laptop,1,1,somewhere")
    device.confirm()
    after = facts(device)

    assert [*before.own_keys] == [*after.own_keys] == ["wg-mesh"]
    assert (before.knows_others, after.knows_others) == (False, True)


def test_keys_that_are_known_need_no_stand_ins(device: BenchDevice) -> None:
    equip(device)
    device.verb("prepare", text=TEXT)

    assert facts(device).knows_others


def test_a_device_that_was_given_back_still_knows_its_keys(device: BenchDevice) -> None:
    equip(device)
    device.deploy(TEXT)
    before = facts(device)
    device.changes += 1
    device.verb("activate", device.last, "none", "none", "60", "no", "anna@laptop,1,1,somewhere")
    device.confirm()
    device.verb("forget")
    after = facts(device)

    assert after.generation is None
    assert (after.own_keys, after.knows_others) == (before.own_keys, True)
