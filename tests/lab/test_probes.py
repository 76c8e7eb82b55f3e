"""Probes tell open from closed from silent, and who answered whom from which address."""

import time
from ipaddress import IPv4Address

import pytest

from lab.laboratory import Lab
from lab.probe import Outcome, PortInUseError, Probe, Verdict, ping, send_probes, tcp, udp

pytestmark = [pytest.mark.slow, pytest.mark.root]

LAPTOP = IPv4Address("203.0.113.101")
GATEWAY = "203.0.113.2"
# A program of its own on a port: a banner, as many have.
SERVER = "busybox nc -l -p 4000 -e echo hello >/dev/null 2>&1 &"


def _send(lab: Lab, probe: Probe) -> Outcome:
    return send_probes(lab, [probe])[probe]


@pytest.mark.parametrize(
    ("probe", "answered_by"),
    [
        pytest.param(tcp("laptop", GATEWAY, 8080, "home-gateway"), "home-gateway", id="tcp"),
        pytest.param(udp("laptop", GATEWAY, 8080, "home-gateway"), "home-gateway", id="udp"),
        pytest.param(ping("laptop", GATEWAY, "home-gateway"), "", id="ping"),
    ],
)
def test_an_open_port_answers_and_saw_the_source(la1r: Lab, probe: Probe, answered_by: str) -> None:
    assert _send(la1r, probe) == Outcome(Verdict.OPEN, answered_by, LAPTOP)


@pytest.mark.parametrize(
    ("probe", "verdict"),
    [
        # They listen on 8081, and 8082 is dialled.
        pytest.param(tcp("laptop", GATEWAY, 8082, "home-gateway", 8081), "refused", id="tcp"),
        pytest.param(udp("laptop", GATEWAY, 8082, "home-gateway", 8081), "refused", id="udp"),
        # A foreign firewall drops it.
        pytest.param(tcp("laptop", "203.0.113.3", 80, "external-gateway"), "silent", id="dropped"),
        pytest.param(udp("laptop", "203.0.113.3", 80, "external-gateway"), "silent", id="datagram"),
        pytest.param(ping("laptop", "203.0.113.99", "home-gateway"), "silent", id="nobody"),
        pytest.param(ping("attic-tv", GATEWAY, "home-gateway"), "unreachable", id="no route"),
        pytest.param(tcp("attic-tv", GATEWAY, 1, "home-gateway"), "unreachable", id="no way"),
    ],
)
def test_a_port_that_is_not_reached_says_how(la1r: Lab, probe: Probe, verdict: str) -> None:
    assert _send(la1r, probe) == Outcome(Verdict(verdict), "", None)


def test_the_same_address_in_another_lan_is_another_machine(la1r: Lab) -> None:
    near = tcp("barn-pc", "192.168.1.50", 8080, "barn-pi")
    wrong = tcp("barn-pc", "192.168.1.50", 8080, "external-nas")
    la1r["barn-pc"].ask_for_address("eth0")

    outcomes = send_probes(la1r, [near, wrong])

    assert outcomes[near].answered_by == "barn-pi"
    assert outcomes[wrong].answered_by == "barn-pi"
    assert outcomes[wrong].seen_from is None


def test_an_answer_that_is_lost_was_seen_all_the_same(la1r: Lab) -> None:
    laptop = la1r["laptop"]
    laptop.run("nft", "-f", "-", text=_DROP_UDP)
    outcome = _send(la1r, udp("laptop", GATEWAY, 8080, "home-gateway"))
    laptop.run("nft", "delete", "table", "ip", "deaf")

    assert outcome == Outcome(Verdict.SILENT, "", LAPTOP)


_DROP_UDP = """\
table ip deaf { chain input { type filter hook input priority filter; meta l4proto udp drop; }; }
"""


def test_a_tcp_port_of_another_program_is_open_without_a_name(la1r: Lab) -> None:
    la1r["home-gateway"].run("sh", "-c", SERVER)

    outcome = _send(la1r, tcp("laptop", GATEWAY, 4000, "home-gateway"))

    assert outcome == Outcome(Verdict.OPEN, "", None)


def test_a_udp_port_of_another_program_cannot_be_judged(la1r: Lab) -> None:
    with pytest.raises(PortInUseError, match="internet: udp/67 is in use"):
        _send(la1r, udp("laptop", "203.0.113.1", 67, "internet"))


def test_many_probes_take_no_longer_than_one_that_is_silent(la1r: Lab) -> None:
    sources = ("laptop", "phone", "tablet", "rogue", "internet")
    probes = [
        tcp(source, address, port, listener)
        for source in sources
        for address, listener in ((GATEWAY, "home-gateway"), ("203.0.113.3", "external-gateway"))
        for port in range(1000, 1050)
    ]
    began = time.monotonic()
    outcomes = send_probes(la1r, probes)
    took = time.monotonic() - began

    assert took < 5
    assert [outcome.verdict for outcome in outcomes.values()] == [
        Verdict.OPEN if str(probe.address) == GATEWAY else Verdict.SILENT for probe in probes
    ]


def test_no_probes_are_answered_at_once(la1r: Lab) -> None:
    assert send_probes(la1r, []) == {}
