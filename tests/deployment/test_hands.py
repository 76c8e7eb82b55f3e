"""Hands in a device's own records: one `up` makes them good, and no tunnel falls for it."""

import pytest

from lab.project import LabProject
from tests.deployment.conftest import deploy, works

pytestmark = [pytest.mark.slow, pytest.mark.root]

NOTHING = "Nothing to do: everything is deployed as described."
# One that is dialled from outside, and one that its tunnel alone reaches.
ROUTERS = ("external-gateway", "attic-gateway")
DAMAGE = {
    "what is in force is forgotten": "rm /etc/la1r/confirmed",
    "what is in force is empty": ": >/etc/la1r/confirmed",
    "what is in force is no text": "head -c 200 /dev/urandom >/etc/la1r/confirmed",
    "a change is left pending": "echo left >/etc/la1r/pending",
    "no files": "rm -r /etc/la1r/gen",
    "no program": "rm -r /etc/la1r/bin",
    "no link": "rm /etc/la1r/current",
    "no key of its own": "rm /etc/la1r/keys/*.key",
    "no keys of peers": "rm /etc/la1r/keys/list-*",
    "nothing but keys": "cd /etc/la1r && rm -rf gen bin confirmed current last saved",
    "no notes": "rm -r /run/la1r",
    "no start at boot": "rm /etc/init.d/la1r* /etc/rc*.d/*la1r*",
    "no name server": "kill $(cat /run/la1r/dnsmasq.pid) && rm /run/la1r/dnsmasq*",
    "no rules": "nft flush ruleset",
}


@pytest.mark.parametrize("name", DAMAGE)
def test_what_a_hand_damaged_is_made_good_by_one_run(sound: LabProject, name: str) -> None:
    keys = [sound.lab[router].run("wg", "show", "wg-mesh", "public-key") for router in ROUTERS]
    for router in ROUTERS:
        sound.lab[router].run("sh", "-c", DAMAGE[name])
    deploy(sound)

    assert works(sound)
    assert NOTHING in sound.up().stdout
    assert keys == [
        sound.lab[router].run("wg", "show", "wg-mesh", "public-key") for router in ROUTERS
    ]
