"""Runs the operator's side against a lab's machine, with an SSH agent as operators have."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.laboratory import Lab
from lab.machine import RunningMachine
from tests.devices.texts import name_of
from tests.source_tree import REPOSITORY

APPLY = REPOSITORY / "devices" / "apply"
# Stands before ssh: ends the script that called it, or waits, around the step that HALT names.
SHIM = """\
#!/bin/sh
PATH={path}
case "$*" in
*" ${{HALT_STEP:-nothing}} "* | *" ${{HALT_STEP:-nothing}}") ;;
*) exec ssh "$@" ;;
esac
case $HALT in
"kill before") kill -9 $PPID; exit 1 ;;
"kill after") ssh "$@"; kill -9 $PPID; exit 1 ;;
"kill during") ssh "$@" & sleep 0.25; kill -9 $PPID $!; exit 1 ;;
"wait before") : >"$HALT_FILE"; sleep 4; exec ssh "$@" ;;
esac
"""

Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True, slots=True)
class Deployer:
    """An operator who looks after the machine `router` of a lab."""

    lab: Lab
    socket: str
    folder: Path

    @property
    def router(self) -> RunningMachine:
        """The machine that is changed."""
        return self.lab["router"]

    def environment(self, **more: str) -> Mapping[str, str]:
        """What the engine hands to the script, and what an operator's shell has."""
        return {
            "PATH": f"{self.folder}:{os.environ['PATH']}",
            "SSH_AUTH_SOCK": self.socket,
            "LA1R_HOST": str(self.lab.management_address("router")),
            "LA1R_PORT": "22",
            "LA1R_USER": "root",
            "LA1R_HOST_KEY": self.lab.host_keys["router"],
            "LA1R_WINDOW": "6",
            "LA1R_ADOPT": "no",
            **more,
        }

    def apply(self, text: str, *options: str, **more: str) -> Done:
        """Run the script to its end."""
        return subprocess.run(
            [str(APPLY), *options, "home/router"],
            input=text,
            env=dict(self.environment(**more)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def begin(self, text: str, *through: str, **more: str) -> subprocess.Popen[str]:
        """Start the script, or a program that starts it, with its text handed over."""
        source = self.folder / "text"
        source.write_text(text)
        with source.open() as stdin:
            return subprocess.Popen(
                [*through, str(APPLY), "home/router"],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(self.environment(**more)),
                text=True,
                start_new_session=True,
            )

    def state(self) -> str:
        """What a change may touch on the machine: what is undone leaves no difference here."""
        commands = (
            "nft -s list ruleset; ip -4 route; cat /proc/sys/net/ipv4/ip_forward;"
            " readlink /etc/la1r/current; grep '^generation' /etc/la1r/confirmed;"
            " ls /etc/la1r/pending; ufw status"
        )
        return self.router.try_run("sh", "-c", commands).stdout


def write_shim(folder: Path) -> None:
    """Put the program that stands before ssh into a folder of the operator's PATH."""
    folder.mkdir()
    shim = folder / "ssh"
    shim.write_text(SHIM.format(path=os.environ["PATH"]))
    shim.chmod(0o755)


def succeeds(done: Done, text: str) -> None:
    """Fail with what was said unless that text is in force by now."""
    assert (done.returncode, done.stdout) == (0, f"generation {name_of(text)}\n"), done.stderr
