"""Who or what is believed after a change, where no verdict says it: keys, clients, guards."""

import pytest
from msgspec.structs import replace

from tests.views.changed_prod import FRODO_KEY, OPERATOR, Edit, difference_after, record_after
from views.comment import Report, comment_text
from views.danger import Danger
from views.difference import compare_networks
from views.difference_text import difference_lines, difference_record

LAPTOPS = "laptops: {endpoint: private, index: 11, public_key: ZXhhbXBsZSBsYXB0b3Bz"
PHONES = "      phones: {endpoint: shared, index: 10,"
TABLET = "{endpoint: private, index: 12, public_key: ZXhhbXBsZSB0YWJsZXQuLi4uLi4uLi4uLi4uLi4uLi4=}"
GUEST = "      - {from: paul, to: la1r, message: a guest must not reach the owner's namespaces}\n"
PAUL = "      id: 3\n      trust: guest\n"
ENCRYPTED = ("    pools:\n", "    weave: {encryption: true}\n    pools:\n")


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        pytest.param(
            (FRODO_KEY, FRODO_KEY.replace("ZnJvZG8", "RnJvZG8")),
            "home/frodo: another host key is believed: ssh-ed25519 SHA256:",
            id="another host key",
        ),
        pytest.param(
            ("host: 192.168.4.254", "host: 192.168.4.1"),
            "home/wireless-router: the operator logs in at another address: 192.168.4.254 ->",
            id="another address to log in at",
        ),
        pytest.param(
            (PHONES, f"      tablet: {TABLET}\n{PHONES}"),
            "client tablet: may dial in at private",
            id="a new client",
        ),
        pytest.param(
            (LAPTOPS, f"{LAPTOPS[:-4]}AAAA"),
            "client laptops: another key may dial in:",
            id="another key of a client",
        ),
        pytest.param(
            (PHONES, PHONES.replace("shared, index: 10", "private, index: 12")),
            "client phones: dials in elsewhere: shared -> private",
            id="a client at another endpoint",
        ),
        pytest.param(
            (PAUL, PAUL.replace("guest", "owner")),
            "tenant paul: trust guest -> owner",
            id="another trust",
        ),
        pytest.param(
            (GUEST, ""),
            "no longer expected: deny paul to la1r: a guest must not reach the owner's namespaces",
            id="an expectation less",
        ),
        pytest.param(
            ("selector: {app: jamulus}", "selector: {app: sshd}"),
            "service paul/jamulus: other pods answer: app=jamulus -> app=sshd",
            id="other pods behind a port",
        ),
        pytest.param(
            (OPERATOR, f"{OPERATOR}\n    protect: true"),
            "network.protect: not set -> true",
            id="protection",
        ),
        pytest.param(
            (PAUL, f"{PAUL}      pod_security: privileged\n"),
            "tenants.paul.pod_security: not set -> privileged",
            id="what pods may do on their node",
        ),
    ],
)
def test_a_change_of_trust_is_told_though_no_rule_changes(edit: Edit, sentence: str) -> None:
    found = difference_after(edit)
    comment = comment_text(Report("prod", "main", (), found, ()))

    (told,) = found.trust
    assert told.startswith(sentence)
    assert f"  ! {told}" in [line.text for line in difference_lines(found)]
    assert "**Trust**" in comment
    assert difference_record(found)["trust"] == [told]


def test_encryption_that_ends_is_a_change_of_trust() -> None:
    found = compare_networks(record_after(ENCRYPTED), record_after())

    assert found.trust == ("cluster.weave.encryption: true -> not set",)


def test_what_is_removed_is_trusted_no_more_and_not_told_here() -> None:
    whole = f"      {LAPTOPS}Li4uLi4uLi4uLi4uLi4uLi4=}}\n"

    assert difference_after((whole, "")).trust == ()


def test_a_guard_that_goes_with_its_device_is_no_change_of_trust() -> None:
    there, gone = record_after(), record_after((PAUL, f"{PAUL}      owners: [paul@example.net]\n"))
    paul = {kind: dict(facts) for kind, facts in gone.facts.items()}
    del paul["Tenants"]["paul"]
    paul["Settings"].pop("tenants.paul.owners")

    assert compare_networks(gone, replace(gone, facts=paul)).trust == ()
    assert compare_networks(gone, there).trust == (
        "tenants.paul.owners: paul@example.net -> not set",
    )


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("", "2027-01-01", ()),
        ("2027-06-30", "2027-01-01", ()),
        ("2027-01-01", "2027-06-30", ("client phones: expires: 2027-01-01 -> 2027-06-30",)),
        ("2027-01-01", "", ("client phones: expires: 2027-01-01 -> not set",)),
    ],
)
def test_a_client_that_is_let_in_for_longer_is_a_change_of_trust(
    before: str, after: str, told: tuple[str, ...]
) -> None:
    old, new = (
        record_after((PHONES, f'{PHONES} expires: "{day}",')) if day else record_after()
        for day in (before, after)
    )

    assert compare_networks(old, new).trust == told


def test_trust_comes_after_what_is_open_to_strangers_and_before_the_rest() -> None:
    opened = ("    - {from: vpn.private, to: home, why", "    - {from: internet, to: plusone/app,")
    shop = (opened[0], f"{opened[1]} ports: [tcp/8443], through: 80, why: a shop}}\n{opened[0]}")
    titles = [
        line.text
        for line in difference_lines(difference_after((GUEST, ""), shop))
        if line.mark == "#"
    ]

    assert titles[:3] == [Danger.FROM_INTERNET.title, "Trust", Danger.OPENED.title]


def test_a_client_that_dials_in_elsewhere_gains_what_others_have_there() -> None:
    found = difference_after((PHONES, PHONES.replace("shared, index: 10", "private, index: 12")))
    gained = {change.target for change in found.reach if change.danger is Danger.OPENED}

    assert {change.source for change in found.reach} == {"client.phones"}
    assert {"home.servers", "home.users"} <= gained


def test_a_reason_is_told_for_the_ports_that_it_is_about() -> None:
    found = difference_after(("port: 31194, cidr", "port: 31195, cidr"))
    outside = [change for change in found.reach if change.danger is Danger.FROM_INTERNET]

    assert [change.why for change in outside] == [
        ("wireguard/vpn.plusone: clients of vpn.plusone dial in",)
    ]
