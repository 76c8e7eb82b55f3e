"""Lists of keys travel to a machine by the operator's side, guarded, and seen by nobody."""

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.devices.deployer import Deployer, succeeds
from tests.devices.texts import peer, tunnel_bundle

pytestmark = [pytest.mark.slow, pytest.mark.root]

MAKE_KEY = "umask 077 && mkdir -p /etc/la1r/keys && wg genkey >/etc/la1r/keys/wg-mesh.key"
TEXT = tunnel_bundle(51820, peer("cabin", "10.8.0.2/32"))


def make(what: str, text: str = "") -> str:
    return subprocess.run(
        ["wg", what], input=text, capture_output=True, text=True, check=True
    ).stdout.strip()


def write_list(public: str, shared: str) -> str:
    return f"@gateway/cabin/gateway {public}\n@psk/home--cabin {shared}\n"


def test_keys_come_before_the_text_and_a_new_one_is_confirmed_like_any_change(
    deployer: Deployer,
) -> None:
    public, first, second = make("pubkey", make("genkey")), make("genpsk"), make("genpsk")
    deployer.router.run("sh", "-c", MAKE_KEY)

    with watch_processes() as seen:
        before = deployer.apply(write_list(public, first), "--keys")
        text = deployer.apply(TEXT)
        changed = deployer.apply(write_list(public, second), "--keys")
        again = deployer.apply(write_list(public, second), "--keys")

    assert before.stderr.endswith("home/router: keys kept\n")
    succeeds(text, TEXT)
    assert changed.stderr == "home/router: changed, and confirmed over a new connection\n"
    assert again.stderr == "home/router: keys already known\n"
    assert second in deployer.router.run("wg", "show", "wg-mesh", "preshared-keys")
    said = "".join(done.stdout + done.stderr for done in (before, text, changed, again))
    assert not re.findall(r"[A-Za-z0-9+/]{43}=", said)
    assert any("activate" in line for line in seen)
    assert not [line for line in seen for secret in (first, second) if secret in line]


def test_a_new_key_whose_change_is_killed_is_undone_and_then_comes_again(
    deployer: Deployer,
) -> None:
    public, first, second = make("pubkey", make("genkey")), make("genpsk"), make("genpsk")
    deployer.router.run("sh", "-c", MAKE_KEY)
    deployer.apply(write_list(public, first), "--keys")
    deployer.apply(TEXT)
    halt = {"HALT": "kill after", "HALT_STEP": "activate", "LA1R_WINDOW": "120"}
    deployer.apply(write_list(public, second), "--keys", **halt)

    again = deployer.apply(write_list(public, second), "--keys")

    assert again.returncode == 0, again.stderr
    assert second in deployer.router.run("wg", "show", "wg-mesh", "preshared-keys")
    assert first not in deployer.router.run("sh", "-c", "cat /etc/la1r/keys/list-*")


@contextmanager
def watch_processes() -> Iterator[set[str]]:
    """Look again and again at every command line and environment; the lab's are the host's too."""
    seen: set[str] = set()
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            for file in (
                *Path("/proc").glob("[0-9]*/cmdline"),
                *Path("/proc").glob("[0-9]*/environ"),
            ):
                try:
                    seen.add(file.read_text(errors="replace").replace("\0", " "))
                except OSError:  # it has ended meanwhile
                    continue

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
