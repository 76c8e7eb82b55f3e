"""The operator's side against a machine with sshd: what is kept, undone, refused, repeated."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from lab.foreign import active_ufw
from tests.devices.deployer import Deployer, succeeds
from tests.devices.texts import (
    ANSWERS,
    ESTABLISHED_ALONE,
    NOTHING_PASSES,
    WAY_IN,
    WITH_PING,
    bundle,
    name_of,
    rules,
)

pytestmark = [pytest.mark.slow, pytest.mark.root]

FIRST = bundle()
SECOND = bundle(WITH_PING)
WINDOW = 6
# The device answers again at most so long after the window.
BACK_SECONDS = 3
OTHER_HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFsTmJ4ZIHvMi0hG4YX8Ou1pHQ8AsOUJdlKuQPWxBnnU"


def test_the_first_apply_changes_the_next_finds_nothing_to_do(deployer: Deployer) -> None:
    first = deployer.apply(FIRST)
    state = deployer.state()
    again = deployer.apply(FIRST)

    succeeds(first, FIRST)
    succeeds(again, FIRST)
    assert first.stderr.endswith("home/router: changed, and confirmed over a new connection\n")
    assert again.stderr == "home/router: already in force\n"
    assert deployer.state() == state


def test_a_device_that_is_asked_whether_it_is_ready_is_not_changed(deployer: Deployer) -> None:
    succeeds(deployer.apply(FIRST), FIRST)
    state = deployer.state()
    asked = deployer.apply("", "--ready")

    assert (asked.returncode, asked.stdout) == (0, "")
    assert asked.stderr == "home/router: answers, and can be changed\n"
    assert deployer.state() == state


def test_an_established_connection_lives_through_changes(deployer: Deployer) -> None:
    succeeds(deployer.apply(FIRST), FIRST)
    words = ["ssh", "-F", str(deployer.lab.ssh_config), "router", "cat"]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as connection:
        assert connection.stdin is not None
        for text in (SECOND, FIRST, SECOND):
            succeeds(deployer.apply(text), text)
            connection.stdin.write(f"{name_of(text)}\n")
            connection.stdin.flush()
        said = connection.communicate(timeout=10)[0]

    assert said.split() == [name_of(text) for text in (SECOND, FIRST, SECOND)]


@pytest.mark.parametrize(
    "locked",
    [
        pytest.param(ESTABLISHED_ALONE, id="whoever is in stays in"),
        pytest.param(NOTHING_PASSES, id="nothing passes"),
    ],
)
def test_a_lock_out_is_undone_within_the_window(deployer: Deployer, locked: str) -> None:
    succeeds(deployer.apply(FIRST), FIRST)
    before = deployer.state()

    with deployer.begin(bundle(locked)) as applying:
        began = wait_until_locked(deployer)
        wait_until_open(deployer)
        took = time.monotonic() - began
        said = applying.communicate(timeout=60)[1]

    assert took < WINDOW + BACK_SECONDS
    assert applying.returncode == 1
    assert "no new connection got in, so the device undid the change by itself" in said
    assert deployer.state() == before
    succeeds(deployer.apply(SECOND), SECOND)


def wait_until_locked(deployer: Deployer) -> float:
    deadline = time.monotonic() + 20
    while deployer.router.try_run("test", "-e", "/etc/la1r/pending").returncode != 0:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return time.monotonic()


def wait_until_open(deployer: Deployer) -> None:
    deadline = time.monotonic() + 20
    config = str(deployer.lab.ssh_config)
    while time.monotonic() < deadline:
        time.sleep(0.5)
        done = subprocess.run(
            ["ssh", "-F", config, "-o", "ConnectTimeout=1", "router", "true"],
            capture_output=True,
            check=False,
        )
        if done.returncode == 0:
            return
    pytest.fail("nobody gets in any more")


def test_a_restart_before_the_confirmation_goes_back(deployer: Deployer) -> None:
    succeeds(deployer.apply(FIRST), FIRST)
    before = deployer.state()
    deployer.apply(SECOND, HALT="kill after", HALT_STEP="activate", LA1R_WINDOW="120")
    assert deployer.state() != before

    deployer.router.reboot()

    assert deployer.state() == before
    succeeds(deployer.apply(SECOND), SECOND)


def test_a_restart_puts_the_confirmed_generation_into_force(deployer: Deployer) -> None:
    succeeds(deployer.apply(SECOND), SECOND)
    before = deployer.state()

    deployer.router.reboot()

    assert deployer.state() == before
    assert deployer.apply(SECOND).stderr == "home/router: already in force\n"


def test_of_two_at_once_the_second_is_refused_and_told_who_is_first(
    deployer: Deployer, tmp_path: Path
) -> None:
    waiting = tmp_path / "waiting"
    options = {"HALT": "wait before", "HALT_STEP": "confirm", "HALT_FILE": str(waiting)}
    with deployer.begin(FIRST, LA1R_WINDOW="60", **options) as first:
        deadline = time.monotonic() + 20
        while not waiting.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        second = deployer.apply(SECOND)
        third = deployer.apply("", "--ready")
        first.communicate(timeout=30)

    assert (first.returncode, second.returncode, third.returncode) == (0, 1, 1)
    assert f"(process {first.pid}) is changing this device" in third.stderr
    assert f"(process {first.pid}) is changing this device" in second.stderr
    succeeds(deployer.apply(SECOND), SECOND)


def test_an_interrupted_change_is_undone_at_once(deployer: Deployer, tmp_path: Path) -> None:
    succeeds(deployer.apply(FIRST), FIRST)
    before = deployer.state()
    waiting = tmp_path / "waiting"
    options = {"HALT": "wait before", "HALT_STEP": "confirm", "HALT_FILE": str(waiting)}
    with deployer.begin(SECOND, LA1R_WINDOW="60", **options) as applying:
        while not waiting.exists():
            time.sleep(0.05)
        os.killpg(applying.pid, signal.SIGINT)
        said = applying.communicate(timeout=30)[1]

    assert applying.returncode == 130
    assert said.endswith("interrupted: the change was undone.\n")
    assert deployer.state() == before


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param({"LA1R_HOST_KEY": ""}, "LA1R_HOST_KEY is not set", id="no host key"),
        pytest.param(
            {"LA1R_HOST_KEY": OTHER_HOST_KEY},
            "another host key than the description has",
            id="another host key",
        ),
        pytest.param(
            {"SSH_AUTH_SOCK": ""}, "It refuses the login of root", id="no key in an agent"
        ),
        pytest.param({"LA1R_PORT": "9"}, "It cannot be reached:", id="nobody answers"),
        pytest.param({"LA1R_HOST": "a;b"}, "a character that has no place there", id="no host"),
        pytest.param({"LA1R_WINDOW": "soon"}, "not a number of seconds", id="no window"),
    ],
)
def test_a_login_that_fails_is_said_in_a_sentence(
    deployer: Deployer, more: dict[str, str], said: str
) -> None:
    done = deployer.apply(FIRST, **more)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("home/router: not changed.")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_rules_that_would_lock_this_operator_out_are_refused_before(deployer: Deployer) -> None:
    elsewhere = WAY_IN.replace("198.18.0.0/16", "192.168.1.0/24")

    done = deployer.apply(bundle(rules(ANSWERS, elsewhere)))

    assert "let the operator in from 192.168.1.0/24 alone" in done.stderr
    assert "la1r" not in deployer.state()


def test_a_device_behind_another_is_changed_through_it(deployer: Deployer) -> None:
    router = deployer.lab.management_address("router")
    through = rules(ANSWERS, WAY_IN.replace("198.18.0.0/16", "192.168.1.1"))

    done = deployer.apply(
        bundle(through),
        LA1R_HOST="192.168.1.2",
        LA1R_HOST_KEY=deployer.lab.host_keys["inner"],
        LA1R_JUMP=f"root@{router}:22",
        LA1R_JUMP_HOST_KEY=deployer.lab.host_keys["router"],
    )

    succeeds(done, bundle(through))
    assert "table inet la1r" in deployer.lab["inner"].run("nft", "list", "ruleset")
    assert "la1r" not in deployer.state()


def test_busybox_as_the_device_s_shell_is_enough(deployer: Deployer) -> None:
    deployer.router.run("ln", "-sf", "/bin/busybox", "/bin/sh")

    succeeds(deployer.apply(FIRST), FIRST)
    assert deployer.apply(FIRST).stderr == "home/router: already in force\n"


@pytest.mark.parametrize("deployer", [active_ufw()], indirect=True, ids=["ufw"])
def test_an_active_ufw_is_refused_or_taken_over_and_comes_back_when_undone(
    deployer: Deployer,
) -> None:
    before = deployer.state()
    refused = deployer.apply(FIRST)
    undone = deployer.apply(bundle(ESTABLISHED_ALONE), LA1R_ADOPT="yes")
    after = deployer.state()
    kept = deployer.apply(FIRST, LA1R_ADOPT="yes")
    deployer.router.reboot()

    assert "ufw is active here and would drop what the new rules accept" in refused.stderr
    assert undone.returncode == 1
    assert after == before
    succeeds(kept, FIRST)
    assert "Status: inactive" in deployer.state()


@pytest.mark.parametrize("deployer", [active_ufw()], indirect=True, ids=["ufw"])
def test_an_adopted_ufw_comes_back_with_a_restart_before_the_confirmation(
    deployer: Deployer,
) -> None:
    options = {"LA1R_ADOPT": "yes", "LA1R_WINDOW": "120"}
    deployer.apply(FIRST, HALT="kill after", HALT_STEP="activate", **options)
    assert "Status: inactive" in deployer.state()

    deployer.router.reboot()

    assert "Status: active" in deployer.state()
    assert "ufw-user-input" in deployer.state()
