"""What is told of a change: everything that differs, and the dangerous first."""

import pytest

from tests.golden import Golden
from tests.views.changed_prod import (
    CHANGES,
    FACEFAN,
    FRODO_KEY,
    JAMULUS,
    OPERATOR,
    PRIVATE_VPN,
    Edit,
    difference_after,
    record_after,
)
from views.danger import Danger
from views.difference import compare_networks
from views.difference_text import difference_lines, difference_record
from views.network_record import EMPTY


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_told_as_expected(name: str, golden: Golden) -> None:
    # Unchanged lines around a change are no part of what is told, and change with every template.
    told = difference_lines(difference_after(*CHANGES[name]))
    lines = [line for line in told if line.mark not in ("", "@")]

    golden(f"difference/{name}.txt", "".join(f"{line.text}\n" for line in lines))


def _flow(text: str) -> tuple[Edit, ...]:
    return ((PRIVATE_VPN, f"{PRIVATE_VPN}    - {{{text}, why: because}}\n"),)


LOGINS = Danger.MANAGEMENT_LOST
INTERNET = Danger.FROM_INTERNET
TENANTS = Danger.BETWEEN_TENANTS
GUESTS = Danger.FROM_GUESTS
OPENED = Danger.OPENED
CLOSED = Danger.CLOSED


@pytest.mark.parametrize(
    ("edits", "dangers"),
    [
        pytest.param(((OPERATOR, "prefixes: [infrastructure]}"),), {LOGINS, CLOSED}, id="logins"),
        pytest.param(
            ((OPERATOR, f"{OPERATOR}\n    implied_off: [management/home/frodo]"),),
            {LOGINS, CLOSED},
            id="a login rule switched off",
        ),
        pytest.param(
            ((OPERATOR, f"{OPERATOR}\n    implied_off: [management/cluster]"),),
            {LOGINS, CLOSED},
            id="the API closed to the operator",
        ),
        pytest.param(
            ((FRODO_KEY, f"manage: {{port: 2222, {FRODO_KEY[9:]}"),),
            {OPENED, CLOSED},
            id="another port to log in by",
        ),
        pytest.param(
            ((FRODO_KEY, f"manage: {{jump: wireless-router, {FRODO_KEY[9:]}"),),
            {OPENED, CLOSED},
            id="another device to log in through",
        ),
        pytest.param(
            (
                ("namespaces: [paul]", "namespaces: [paul, backup]"),
                ("namespaces: [backup, comms,", "namespaces: [comms,"),
            ),
            {TENANTS, CLOSED},
            id="a namespace moved to another tenant",
        ),
        pytest.param(
            ((OPERATOR, "prefixes: [users, infrastructure, iot]}"),), {OPENED}, id="more operators"
        ),
        pytest.param(
            _flow("from: internet, to: plusone/app, ports: [tcp/8443], through: 80"),
            {INTERNET, OPENED},
            id="a port opened",
        ),
        pytest.param(
            _flow("from: paul, to: namespace.nextcloud, ports: [tcp/80]"),
            {TENANTS},
            id="a tenant widened to another",
        ),
        pytest.param(
            _flow("from: vpn.plusone, to: online/traefik"), {TENANTS}, id="a VPN to another tenant"
        ),
        pytest.param(
            _flow("from: vpn.plusone, to: home.users, ports: [tcp/80]"),
            {GUESTS},
            id="a guest at home",
        ),
        pytest.param(
            ((FACEFAN, FACEFAN + "      internet: true\n"),),
            # And with the internet, the public addresses of the sites.
            {GUESTS, OPENED},
            id="a guest to the internet",
        ),
        pytest.param(
            _flow("from: home.users, to: home.servers, ports: [tcp/80]"), {OPENED}, id="inside"
        ),
        pytest.param(((JAMULUS, ""),), {CLOSED}, id="a port closed"),
        pytest.param(
            (("alias: 10.200.2.0/24", "alias: 10.200.9.0/24"),),
            set(),
            id="another alias",
        ),
    ],
)
def test_a_change_is_as_dangerous_as_it_is(edits: tuple[Edit, ...], dangers: set[Danger]) -> None:
    found = difference_after(*edits)

    assert {change.danger for change in found.reach} == dangers


def test_lost_management_and_open_doors_come_before_all_else() -> None:
    several = (
        (OPERATOR, "prefixes: [infrastructure]}"),
        *_flow("from: internet, to: plusone/app, ports: [tcp/8443], through: 80"),
        (JAMULUS, ""),
    )

    found = difference_after(*several)

    order = [line.danger for line in found.lines]
    assert order == sorted(order)
    assert order[0] is LOGINS
    assert {LOGINS, INTERNET, OPENED, CLOSED} <= set(order)


def test_a_removed_device_loses_nobody_the_way_in() -> None:
    found = compare_networks(record_after(), EMPTY)

    assert found.reach
    assert {change.danger for change in found.reach} == {CLOSED}


def test_what_is_gained_one_way_is_lost_the_other_way() -> None:
    edits = _flow("from: paul, to: home.users, ports: [tcp/80]")

    there = compare_networks(record_after(), record_after(*edits))
    back = compare_networks(record_after(*edits), record_after())

    assert {(c.source, c.target, c.ports) for c in there.reach} == {
        (c.source, c.target, c.ports) for c in back.reach
    }
    assert {change.danger for change in back.reach} == {CLOSED}


def test_a_network_does_not_differ_from_itself() -> None:
    found = compare_networks(record_after(), record_after())

    assert not found
    assert [line.text for line in difference_lines(found)] == ["The two networks are the same."]


def test_a_device_that_gets_a_name_opens_nothing() -> None:
    added = "        raspi2: {role: endpoint,"
    edit = (added, f"        raspi9: {{role: endpoint, address: 192.168.2.9}}\n{added}")

    found = difference_after(edit)

    assert not found.reach
    assert ("Devices", "home/raspi9") in {(thing.kind, thing.name) for thing in found.things}


def test_a_flow_to_one_host_of_a_range_is_all_that_its_host_gains() -> None:
    found = difference_after(*_flow("from: home.users, to: home/jay-c, ports: [tcp/80]"))

    assert [(c.source, c.target, str(c.ports)) for c in found.reach] == [
        ("home.users", "home/jay-c", "tcp/80")
    ]


def test_the_record_has_every_pair() -> None:
    found = difference_after(*CHANGES["flow-added"])
    record = difference_record(found)

    assert isinstance(record["reach"], list)
    assert len(record["reach"]) == len(found.reach) == sum(line.pairs for line in found.lines)
    assert record["reach"][0] == {
        "danger": "from_internet",
        "source": "internet",
        "target": "plusone/app",
        "ports": ["tcp/8443"],
        "by_public_address": False,
        "why": ["internet-to-plusone-app: a shop"],
    }
