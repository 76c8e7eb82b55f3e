"""A device that cannot take a change keeps what it had, and takes it once its fault is mended."""

from dataclasses import dataclass

import pytest

from lab.machine import RunningMachine
from lab.project import Description, LabProject
from tests.deployment.conftest import deploy, works

pytestmark = [pytest.mark.slow, pytest.mark.root]

NOTHING = "Nothing to do: everything is deployed as described."
# A real fault in real text, once, where the device's own check of the text has gone by.
BROKEN_NFT = """\
#!/bin/sh
if [ "$*" = "-f /run/la1r/load.nft" ] && mv /run/breaks /run/broke 2>/dev/null; then
    echo "add rule inet la1r nowhere accept" >>/run/la1r/load.nft
fi
exec /usr/sbin/nft "$@"
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """How a router comes to it, how it is mended, and what a user is told."""

    cause: str
    mend: str
    said: str


FAULTS = {
    "a full disk": Fault(
        "cp -a /etc/la1r/gen /tmp/gen && mount -t tmpfs -o size=120k full /etc/la1r/gen"
        " && cp -a /tmp/gen/. /etc/la1r/gen/ && { cat /dev/zero >/etc/la1r/gen/rest || :; }",
        "umount /etc/la1r/gen",
        " 0 kB are free under /etc/la1r/gen.",
    ),
    "a read-only root": Fault(
        "mount --bind /etc/la1r /etc/la1r && mount -o remount,bind,ro /etc/la1r",
        "umount /etc/la1r",
        "/etc/la1r/keys cannot be closed to others: Read-only file system.",
    ),
    "rules that break while they are loaded": Fault(
        "cat >/usr/local/bin/nft && chmod 755 /usr/local/bin/nft && touch /run/breaks",
        "test -e /run/broke && rm /usr/local/bin/nft",
        "nft failed: ",
    ),
}


def open_port(project: LabProject, port: int) -> None:
    """Describe one more way between two sites, which changes both of their routers."""

    def change(config: Description) -> None:
        config["la1r:flows"].append(
            {"from": "external.lan", "to": "home.lan", "ports": [f"tcp/{port}"], "why": "new"}
        )

    project.change(change)


def describe_in_force(machine: RunningMachine) -> str:
    """What the device has confirmed, and the rules that packets meet."""
    return machine.run("sh", "-c", "cat /etc/la1r/confirmed && nft list table inet la1r")


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_router_refuses_the_change_and_takes_it_when_it_is_sound(
    sound: LabProject, name: str
) -> None:
    fault, router = FAULTS[name], sound.lab["external-gateway"]
    before = describe_in_force(router)
    router.run("sh", "-c", fault.cause, text=BROKEN_NFT)
    open_port(sound, 8000 + [*FAULTS].index(name))
    refused = sound.up()
    meanwhile = describe_in_force(router)
    worked = works(sound)
    router.run("sh", "-c", fault.mend)
    deploy(sound)

    said = refused.stdout + refused.stderr
    assert refused.returncode == 1
    assert fault.said in said, said
    assert "Traceback" not in said
    assert (meanwhile, worked) == (before, True)
    assert describe_in_force(router) != before
    assert NOTHING in sound.up().stdout
    assert works(sound)
