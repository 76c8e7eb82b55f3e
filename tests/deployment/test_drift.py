"""The whole lab: what hands change on three devices is read, shown, and put back by `la1r up`."""

import json

import pytest

from lab.project import LabProject

pytestmark = [pytest.mark.slow, pytest.mark.root]

RULE = "nft insert rule inet la1r filter_input tcp dport 23 accept"
# Somebody at home cuts the way by which the operator reaches the attic; nobody there knows of it.
CUT = "ip route delete 192.168.30.0/24 proto 108"
WIDENED = "wg set wg-family peer $(wg show wg-family peers) allowed-ips 10.8.2.10/32,10.8.4.0/24"
HANDS = {
    "external-gateway": (RULE, "echo y | ufw enable"),
    "home-server": ("echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter", RULE),
    "home-gateway": (CUT, WIDENED),
}


def test_what_hands_change_all_over_the_network_is_put_back_the_near_ones_first(
    deployed: LabProject,
) -> None:
    before = deployed.la1r("drift")
    for name, lines in HANDS.items():
        for line in lines:
            deployed.lab[name].run("sh", "-c", line)
    drifted = deployed.la1r("drift")
    record = json.loads(deployed.la1r("drift", "--json").stdout)
    repaired = deployed.up()
    after = deployed.la1r("drift")

    found = {one["device"]: [each["what"] for each in one["changed"]] for one in record["devices"]}
    assert before.returncode == 0, before.stdout + before.stderr
    assert (drifted.returncode, repaired.returncode) == (3, 0), repaired.stdout + repaired.stderr
    assert found == {
        "home/gateway": ["routes", "tunnel wg-family"],
        "home/server": ["packet rules"],
        "external/gateway": ["packet rules"],
        "barn/pi": [],
    }
    assert [one["device"] for one in record["unread"]] == ["attic/gateway"]
    assert "+        tcp dport 23 accept" in drifted.stdout
    assert "external/gateway: of others: ufw is active and would drop" in drifted.stdout
    assert (after.returncode, after.stdout) == (0, before.stdout)
