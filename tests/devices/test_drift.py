"""What a device says of itself is compared in the words of its files, in any order it comes."""

from dataclasses import replace

import pytest

from devices.drift import Declared, DeviceDrift, compare, digest_of
from devices.facts import DeviceFacts, UnreadableFactsError, parse_facts
from devices.forms import read_addresses, read_routes

OLD, NEW = "0" * 64, "1" * 64
CLIENT = "Y2xpZW50IGxhcHRvcC4uLi4uLi4uLi4uLi4uLi4uLi4="
STRANGER = "c3RyYW5nZXIuLi4uLi4uLi4uLi4uLi4uLi4uLi4uLi4="
CONF = f"""\
# home/router: WireGuard interface wg-mesh

[Interface]
PrivateKey = @private/wg-mesh
ListenPort = 51820

[Peer]
# gateway cabin
PublicKey = @gateway/cabin/pi
PresharedKey = @psk/home--cabin
AllowedIPs = 192.168.20.0/24, 10.8.0.2/32
Endpoint = cabin.example.net:51820
PersistentKeepalive = 25

[Peer]
# client laptop
PublicKey = {CLIENT}
AllowedIPs = 10.8.2.10/32
PersistentKeepalive = off
"""
LIVE = f"""\
[Interface]
PrivateKey = @private/wg-mesh
ListenPort = 51820
[Peer]
PublicKey = {CLIENT}
AllowedIPs = 10.8.2.10/32
Endpoint = (none)
PersistentKeepalive = off
[Peer]
PublicKey = @gateway/cabin/pi
PresharedKey = @psk/home--cabin
AllowedIPs = 10.8.0.2/32, 192.168.20.0/24
Endpoint = 198.51.100.9:4444
PersistentKeepalive = 25
"""
FILES = {
    "addresses": "# all of it\nwireguard wg-mesh mtu 1420\naddress 10.8.0.1/24 dev wg-mesh\n",
    "nftables.nft": "table inet la1r\n",
    "routes": "192.168.20.0/24 dev wg-mesh # cabin.lan\n0.0.0.0/0 via 192.0.2.1 dev wan0 # out\n",
    "sysctl.conf": "# kernel\nnet.ipv4.ip_forward = 1\n",
    "wireguard/wg-mesh.conf": CONF,
}
RULES = ("table inet la1r {", "\tchain filter_input {", "\t}", "}")


def lines(text: str) -> tuple[str, ...]:
    return tuple(text.splitlines())


DECLARED = Declared("home/router", NEW, {name: lines(t) for name, t in FILES.items()}, adopt=False)


def facts(**changed: str | tuple[str, ...]) -> DeviceFacts:
    """What a device says that is as declared, but for some sections."""
    sections = {
        "state": (f"generation {NEW}", "keys none", f"enforced {NEW} none"),
        **{f"file {name}": lines(text) for name, text in FILES.items()},
        "settings": ("net.ipv4.ip_forward = 1",),
        "interfaces": ("wireguard wg-mesh mtu 1420", "address 10.8.0.1/24 dev wg-mesh"),
        "routes": ("default via 192.0.2.1 dev wan0", "192.168.20.0/24 dev wg-mesh"),
        "tunnel wg-mesh": lines(LIVE),
        "recorded": RULES,
        "record": (digest_of(RULES),),
        "rules": RULES,
        "services": (f"current gen/{NEW}",),
    }
    more = {name: lines(text) if isinstance(text, str) else text for name, text in changed.items()}
    return DeviceFacts({**sections, **more})


def test_a_device_that_is_as_declared_has_not_drifted_in_whatever_order_it_says_so() -> None:
    assert compare(DECLARED, facts()) == DeviceDrift("home/router")


def test_a_diff_says_which_side_is_which_and_three_lines_around() -> None:
    (found,) = compare(DECLARED, facts(rules=(*RULES[:2], "\t\taccept", *RULES[2:]))).changed

    assert found.diff("home/router") == (
        "--- home/router packet rules, declared",
        "+++ home/router packet rules, live",
        "@@ -1,4 +1,5 @@",
        " table inet la1r {",
        "     chain filter_input {",
        "+        accept",
        "     }",
        " }",
    )


def test_a_peer_that_nobody_declared_stands_last_and_says_so() -> None:
    more = f"[Peer]\nPublicKey = {STRANGER}\nAllowedIPs = 10.8.2.66/32\nPersistentKeepalive = off\n"

    (found,) = compare(DECLARED, facts(**{"tunnel wg-mesh": more.join((LIVE, ""))})).changed

    assert found.live[-5:] == (
        "[Peer]",
        "# not declared",
        f"PublicKey = {STRANGER}",
        "AllowedIPs = 10.8.2.66/32",
        "PersistentKeepalive = off",
    )
    assert found.live[:-6] == found.declared


def test_a_peer_that_roamed_is_where_it_says_it_is() -> None:
    roamed = facts(**{"tunnel wg-mesh": LIVE.replace("198.51.100.9:4444", "203.0.113.7:1")})

    assert compare(DECLARED, roamed) == DeviceDrift("home/router")


def test_a_peer_whose_name_has_no_address_is_a_note_and_no_drift() -> None:
    silent = facts(**{"tunnel wg-mesh": LIVE.replace("198.51.100.9:4444", "(none)")})

    found = compare(DECLARED, silent)

    (note,) = found.notes
    assert not found.drifted
    assert note.startswith(
        "wg-mesh: gateway cabin is not dialled, for cabin.example.net:51820 has no address."
    )


def test_live_facts_are_held_against_what_was_deployed_and_files_against_what_is_declared() -> None:
    later = replace(
        DECLARED,
        generation=OLD,
        files={**DECLARED.files, "sysctl.conf": ("net.ipv4.ip_forward = 0",)},
    )

    found = compare(later, facts())

    assert [each.what for each in found.undeployed] == ["sysctl.conf"]
    assert found.changed == ()
    assert found.drifted


def test_a_file_that_a_hand_changed_before_it_was_replaced_in_the_description_is_named() -> None:
    later = replace(DECLARED, generation=OLD)

    found = compare(later, facts(altered=("routes",)))

    assert [each.what for each in found.changed] == ["routes"]


def test_after_a_restart_that_put_nothing_into_force_the_rules_are_not_compared() -> None:
    restarted = facts(
        state=(f"generation {NEW}", "keys none", "enforced  "), recorded=(), record=(), rules=()
    )

    found = compare(DECLARED, restarted)

    assert [each.what for each in found.changed] == ["state"]


def test_rules_that_were_loaded_by_a_version_that_kept_no_text_are_compared_by_their_digest() -> (
    None
):
    same = facts(recorded=(), record=(digest_of(RULES),))
    other = facts(recorded=(), record=(digest_of(()),))

    assert compare(DECLARED, same) == DeviceDrift("home/router")
    assert [each.what for each in compare(DECLARED, other).changed] == ["packet rules"]


def test_each_interface_s_lines_stand_together_below_it() -> None:
    found = read_addresses(
        (
            "address 10.8.2.1/24 dev wg-a",
            "vlan lan0.7 parent lan0 id 7",
            "wireguard wg-a mtu 1420",
            "address 192.168.7.1/24 dev lan0.7",
        )
    )

    assert found == (
        "vlan lan0.7 parent lan0 id 7",
        "address 192.168.7.1/24 dev lan0.7",
        "wireguard wg-a mtu 1420",
        "address 10.8.2.1/24 dev wg-a",
    )


def test_destinations_are_written_as_the_kernel_does() -> None:
    assert read_routes(("0.0.0.0/0 dev wan0 # out", "10.0.0.1/32 via 10.1.0.1 dev lan0")) == (
        "10.0.0.1 via 10.1.0.1 dev lan0",
        "default dev wan0",
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("== state\n generation none\n", "cut off", id="cut off"),
        pytest.param(
            "== state\n generation none\n== end\n generation 1\n", "while it was read", id="changed"
        ),
        pytest.param(
            "== state\n held anna@laptop 42\n== end\n held anna@laptop 41\n",
            "anna@laptop is changing it; that is confirmed or undone within 41 s",
            id="being changed",
        ),
    ],
)
def test_what_is_not_settled_is_not_compared(text: str, reason: str) -> None:
    with pytest.raises(UnreadableFactsError, match=reason):
        parse_facts(text)


def test_a_line_of_a_file_is_never_taken_for_a_heading() -> None:
    found = parse_facts("== state\n== file a\n == end\n  indented\n\n== end\n")

    assert found.files == {"a": ("== end", " indented", "")}
