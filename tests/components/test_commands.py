"""Commands on devices: every lesson about how they are dialled, shown, kept and repeated."""

import base64
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.connection import DIAL_SECONDS, DIAL_TRIES, NoWayInError, find_way_in
from components.device_keys import make_key_command
from components.vpn_mesh import write_key_list
from components.weave_cluster import KEY_FILE, MAKE_KEY, SHOW_KEY
from config.site import SHORTEST_WINDOW
from render.files import bundle_text
from render.linux import render_linux
from terms.values import DeviceRef
from tests.components.recording import Recorded, Recording, Secret
from tests.render.small_network import GATEWAY, HOST_KEY, SERVER, plan_by_hand


def commands(recording: Recording, where: str = "") -> list[Recorded]:
    return recording.named(f"command:{where}")


def test_a_device_is_written_every_line_of_its_text_in_plain_sight(previewed: Recording) -> None:
    device = plan_by_hand().device(GATEWAY)
    assert device is not None

    change = previewed.find("command:local:Command", "home/gateway")

    assert change.inputs["create"] == "exec devices/apply home/gateway"
    assert change.inputs["stdin"] == bundle_text(render_linux(device))


def test_the_operator_s_side_is_told_how_to_log_in(previewed: Recording) -> None:
    change = previewed.find("command:local:Command", "home/server")

    assert change.inputs["environment"] == {
        "LA1R_HOST": "192.168.10.5",
        "LA1R_PORT": "22",
        "LA1R_USER": "admin",
        "LA1R_HOST_KEY": HOST_KEY,
        "LA1R_WINDOW": "120",
        "LA1R_ADOPT": "no",
        "LA1R_JUMP": "root@192.168.10.1:22",
        "LA1R_JUMP_HOST_KEY": HOST_KEY,
    }


def test_a_device_is_dialled_shortly_with_its_host_key_and_the_agent(
    previewed: Recording,
) -> None:
    key = previewed.find("command:remote:Command", "vpn/cabin/pi/wg-mesh")

    assert key.inputs["connection"] == Secret(
        {
            "host": "192.168.20.1",
            "port": 22,
            "user": "root",
            "hostKey": HOST_KEY,
            "dialErrorLimit": 2,
            "perDialTimeout": 5,
        }
    )


def test_a_device_behind_another_is_dialled_through_it() -> None:
    connection = find_way_in(plan_by_hand(), SERVER).connection

    assert (connection.host, connection.user) == ("192.168.10.5", "admin")
    assert connection.proxy is not None
    assert connection.proxy.host == "192.168.10.1"  # type: ignore[union-attr]  # never an Output here


def test_a_device_without_a_way_in_is_named() -> None:
    with pytest.raises(NoWayInError, match="no address or host key is known for home/nowhere"):
        raise NoWayInError(DeviceRef("home", "nowhere"))


def test_earlier_output_is_never_passed_on(previewed: Recording) -> None:
    assert {each.inputs["addPreviousOutputInEnv"] for each in commands(previewed)} == {False}


def test_no_log_line_of_a_remote_command_is_shown(previewed: Recording) -> None:
    assert {each.inputs["logging"] for each in commands(previewed, "remote")} == {"none"}


def test_a_command_is_one_short_line_without_a_machine_s_path(previewed: Recording) -> None:
    lines = [each.inputs["create"] for each in commands(previewed)]

    assert not [line for line in lines if "\n" in line or len(line) > 200]
    assert all(line.startswith(("exec devices/apply ", "umask 077 ")) for line in lines)


def test_nothing_but_the_list_of_keys_waits_for_a_device(previewed: Recording) -> None:
    from tests.components.recording import UNKNOWN

    unknown = [each.name for each in previewed.resources if UNKNOWN in repr(each.inputs)]

    assert sorted(unknown) == ["vpn/cabin/pi/keys", "vpn/home/gateway/keys"]


def test_a_list_of_keys_says_what_each_word_in_the_text_stands_for(deployed: Recording) -> None:
    joined = deployed.find("command:local:Command", "vpn/cabin/pi/keys")

    assert joined.inputs["create"] == "exec devices/apply --keys cabin/pi"
    assert joined.inputs["stdin"] == Secret(
        "@gateway/home/gateway printed by vpn/home/gateway/wg-mesh\n"
        "@psk/home--cabin printed by vpn/home--cabin\n"
    )


def plain_values(value: Any) -> list[str]:
    """Every text in a value that is not marked as secret."""
    if isinstance(value, dict):
        return [text for item in value.items() for part in item for text in plain_values(part)]
    if isinstance(value, list):
        return [text for item in value for text in plain_values(item)]
    return [] if isinstance(value, Secret) else [str(value)]


def test_a_shared_key_never_leaves_the_program_in_clear(deployed: Recording) -> None:
    shared = "printed by vpn/home--cabin"
    everything = [*(each.inputs for each in deployed.resources), dict(deployed.outputs)]

    assert shared in repr(everything)
    assert not [text for text in plain_values(everything) if shared in text]


def test_the_outputs_of_a_shared_key_are_kept_encrypted(previewed: Recording) -> None:
    pair = previewed.find("command:remote:Command", "vpn/home--cabin")

    assert {"stdout", "stderr"} <= pair.secret_outputs


def test_commands_on_one_device_come_one_after_the_other(previewed: Recording) -> None:
    first, second, third = (
        previewed.find("command:remote:Command", f"vpn/{name}")
        for name in ("home/gateway/wg-mesh", "home/gateway/wg-family", "home--cabin")
    )

    assert (first.key in second.after, second.key in third.after) == (True, True)


def run_line(line: str, folder: Path) -> str:
    """Run a key command with another folder for keys and another program for wg."""
    program = folder / "wg"
    program.write_text(
        '#!/bin/sh\ncase $1 in gen*) echo "made $$";; *) sed "s/made/public/";; esac\n'
    )
    program.chmod(0o755)
    done = subprocess.run(
        ["sh", "-c", line.replace("/etc/la1r", str(folder))],
        env={"PATH": f"{folder}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_key_is_made_once_and_only_its_public_half_is_printed(tmp_path: Path) -> None:
    line = make_key_command("wg-mesh.key", "wg genkey", "wg pubkey <")
    first, second = run_line(line, tmp_path), run_line(line, tmp_path)
    kept = tmp_path / "keys" / "wg-mesh.key"

    assert first == second == kept.read_text().replace("made", "public")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_password_of_the_pod_network_has_256_bits_and_stays_the_same(tmp_path: Path) -> None:
    line = make_key_command(KEY_FILE, MAKE_KEY, SHOW_KEY)
    first, second = run_line(line, tmp_path), run_line(line, tmp_path)
    kept = tmp_path / "keys" / "weave.key"
    kept.unlink()
    another = run_line(line, tmp_path)

    assert first == second != another == kept.read_text()
    assert len(base64.b64decode(first, validate=False)) * 8 == 256
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_password_that_could_not_be_made_is_no_password(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run_line(make_key_command(KEY_FILE, "true", SHOW_KEY), tmp_path)


def test_a_key_that_could_not_be_made_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    line = make_key_command("a.key", "false", "cat")

    with pytest.raises(subprocess.CalledProcessError):
        run_line(line, tmp_path)
    assert not (tmp_path / "keys" / "a.key").exists()


def test_a_list_of_keys_is_sorted_and_has_one_line_a_word() -> None:
    assert write_key_list({"@psk/b": "two\n", "@gateway/a/b": "one"}) == (
        "@gateway/a/b one\n@psk/b two\n"
    )


def test_the_operator_s_side_refuses_aloud_without_a_way_in() -> None:
    done = subprocess.run(
        ["devices/apply", "home/gateway"], input="text", capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("home/gateway: not changed.")


def test_the_shortest_window_is_long_enough_to_change_a_device_and_to_dial_it_over_another() -> (
    None
):
    slowest_change, machines = 30, 2

    assert machines * DIAL_TRIES * DIAL_SECONDS + slowest_change < SHORTEST_WINDOW
