"""Whatever a name or sentence holds: it is refused, or every reader takes it for just that."""

import re
import subprocess
from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from plan.model import DevicePlan, DhcpReservation, DnsRecord, SheetForward
from plan.ruleset import Ruleset
from render.environment import fill_template
from render.files import DeviceFileError
from render.linux import render_linux
from render.quoting import (
    Form,
    UnwritableValueError,
    Written,
    require_written,
    write_markdown,
    write_name,
    write_nft_comment,
    write_sentence,
)
from render.sheets import render_router_sheet, render_switch_sheet
from terms.values import DeviceRef, Ports
from tests.render.devices import DNSMASQ, FULL
from tests.render.strategies import HOSTILE, sentences
from tests.render.test_sheets import ROUTER, SWITCH
from tests.render.tools import MARKS, print_apart

# What ends a word, a string, a line or a comment in one of the programs.
ENDERS = set("\"'`\\$(){}[]<>;,#|&*?!~%\t\n\r\0\x1b\u2028")


hostile_names = st.text(HOSTILE, min_size=1, max_size=12).filter(lambda name: ENDERS & set(name))


@pytest.mark.parametrize("form", Form)
@given(hostile_names)
def test_a_name_that_could_end_a_word_is_refused(form: Form, value: str) -> None:
    with pytest.raises(UnwritableValueError) as caught:
        write_name(form, value)

    assert (caught.value.form, caught.value.value) == (form.words, value)


@pytest.mark.parametrize(
    ("form", "value"),
    [
        pytest.param(Form.INTERFACE, "lan1.30", id="VLAN interface"),
        pytest.param(Form.INTERFACE, "wg-mesh", id="tunnel"),
        pytest.param(Form.DNS_NAME, "big-raver.home.example.net", id="name"),
        pytest.param(Form.NAME, "home.lan", id="prefix"),
        pytest.param(Form.NAME, "home--barn", id="pair"),
        pytest.param(Form.MAC_ADDRESS, "02:00:00:00:02:28", id="MAC address"),
        pytest.param(Form.ENDPOINT, "198.51.100.7:51820", id="endpoint by address"),
        pytest.param(Form.SYSCTL_KEY, "net.ipv4.conf.lan1/30.rp_filter", id="kernel setting"),
        pytest.param(Form.SYSCTL_VALUE, "1024 65535", id="two numbers"),
        pytest.param(Form.LEASE_TIME, "12h", id="lease"),
    ],
)
def test_a_name_of_the_usual_form_is_written_as_it_is(form: Form, value: str) -> None:
    assert write_name(form, value) == value


@pytest.mark.parametrize("form", Form)
def test_a_newline_at_the_end_is_no_part_of_any_form(form: Form) -> None:
    usual = {
        Form.MAC_ADDRESS: "02:00:00:00:02:28",
        Form.WIREGUARD_KEY: "EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8=",
        Form.ENDPOINT: "a:1",
        Form.SYSCTL_KEY: "a.b",
        Form.SYSCTL_VALUE: "1",
        Form.LEASE_TIME: "1h",
    }.get(form, "a")
    assert write_name(form, usual) == usual

    with pytest.raises(UnwritableValueError):
        write_name(form, f"{usual}\n")


@given(sentences)
def test_a_sentence_is_one_line_that_shows_everything(text: str) -> None:
    written = write_sentence(text)

    assert written.isprintable()
    assert len(written.splitlines()) <= 1
    assert re.sub(r"<U\+([0-9A-F]{4,6})>", lambda found: chr(int(found[1], 16)), written) == (
        re.sub(r"<U\+([0-9A-F]{4,6})>", lambda found: chr(int(found[1], 16)), text)
    )


@given(sentences)
def test_an_nft_comment_is_one_short_string(text: str) -> None:
    comment = write_nft_comment(text)

    assert re.fullmatch(r'"[^"\n]*"', comment)
    assert len(comment.encode()) <= 130


def split_row(row: str) -> list[str]:
    """Read a row of a Markdown table: cells end at bars that no backslash precedes."""
    cells = re.findall(r"((?:\\.|[^|\\])*)\|", row.removeprefix("|"))
    return [re.sub(r"\\(.)", r"\1", cell.strip(" ")) for cell in cells]


@given(sentences)
def test_a_cell_of_a_table_reads_as_what_was_said(text: str) -> None:
    row = f"| a | {write_markdown(text)} | b |"

    assert split_row(row) == ["a", write_sentence(text).strip(" "), "b"]


@given(sentences)
def test_a_cell_of_a_table_starts_no_markup(text: str) -> None:
    unescaped = re.sub(r"\\.", "", write_markdown(text))

    assert not set("\\`*_[]<>|~&$\n") & set(unescaped)


@given(sentences)
def test_a_hostile_sheet_has_the_rows_of_a_harmless_one(text: str) -> None:
    forwards = (SheetForward(Ports.parse("tcp/80"), IPv4Address("192.0.2.1"), 80, text),)
    ports = (replace(SWITCH.ports[0], neighbour=text, untagged=text, tagged=((text, 3),)),)

    router = render_router_sheet(replace(ROUTER, forwards=forwards)).split("\n")
    switch = render_switch_sheet(replace(SWITCH, ports=ports)).split("\n")

    assert [len(split_row(line)) for line in router if line.startswith("| tcp ")] == [5]
    assert [len(split_row(line)) for line in switch if line.startswith("| 1 ")] == [5]


def drop_comments(text: str) -> str:
    """Leave out what stands behind # and in nft comments."""
    return re.sub(r' comment "[^"\n]*"|#[^\n]*', "", text)


def explain(device: DevicePlan, words: str) -> DevicePlan:
    """Put these words in the place of every sentence of a device plan."""
    rules = Ruleset(
        tuple(
            replace(chain, rules=tuple(replace(rule, comment=words) for rule in chain.rules))
            for chain in device.ruleset.chains
        )
    )
    return replace(
        device, ruleset=rules, routes=tuple(replace(route, why=words) for route in device.routes)
    )


@given(sentences)
def test_no_sentence_changes_what_a_program_reads(text: str) -> None:
    hostile = {file.path: file.text for file in render_linux(explain(FULL, text))}
    harmless = {file.path: file.text for file in render_linux(explain(FULL, "why"))}

    assert list(hostile) == list(harmless)
    for path, content in hostile.items():
        assert drop_comments(content) == drop_comments(harmless[path])


def rename_interface(device: DevicePlan, name: str) -> DevicePlan:
    """Give another name to a tunnel and to what is routed into it."""
    tunnel, *others = device.wireguard
    routes = tuple(replace(route, interface=name) for route in device.routes)
    return replace(device, wireguard=(replace(tunnel, name=name), *others), routes=routes)


def add_to_dnsmasq(device: DevicePlan, name: str) -> DevicePlan:
    """Give a name to a lease and to an address."""
    address = IPv4Address("192.168.1.9")
    lease = DhcpReservation(name, "02:00:00:00:02:09", address)
    dnsmasq = replace(DNSMASQ, reservations=(lease,), records=(DnsRecord(name, address),))
    return replace(device, dnsmasq=dnsmasq)


RENAMINGS: list[Callable[[DevicePlan, str], DevicePlan]] = [
    rename_interface,
    add_to_dnsmasq,
    lambda device, name: replace(device, ref=DeviceRef(name, "gateway")),
    lambda device, name: replace(device, ref=DeviceRef("home", name)),
    lambda device, name: replace(device, sysctl=((name, "1"),)),
    lambda device, name: replace(device, sysctl=(("net.ipv4.ip_forward", name),)),
    lambda device, name: replace(device, dnsmasq=replace(DNSMASQ, domain=name)),
    lambda device, name: replace(device, dnsmasq=replace(DNSMASQ, interfaces=(name,))),
    lambda device, name: replace(
        device, dnsmasq=replace(DNSMASQ, ranges=(replace(DNSMASQ.ranges[0], prefix=name),))
    ),
    lambda device, name: replace(
        device, dnsmasq=replace(DNSMASQ, ranges=(replace(DNSMASQ.ranges[0], lease=name),))
    ),
]


@pytest.mark.parametrize("rename", RENAMINGS)
@given(name=hostile_names)
def test_a_device_with_a_hostile_name_is_refused(
    rename: Callable[[DevicePlan, str], DevicePlan], name: str
) -> None:
    with pytest.raises((UnwritableValueError, DeviceFileError)):
        render_linux(rename(FULL, name))


READ_WORDS = """
while read -r first rest; do
    [ -z "${first%%#*}" ] || printf '%s %s\\n' "$first" "${rest%% #*}"
done
"""


@pytest.mark.slow
@settings(max_examples=20)
@given(sentences)
def test_a_shell_reads_the_routes_and_runs_nothing(text: str) -> None:
    routes = {file.path: file.text for file in render_linux(explain(FULL, text))}["routes"]

    run = subprocess.run(
        ["sh", "-euc", READ_WORDS],
        input=routes.encode(),
        capture_output=True,
        check=True,
    )

    assert run.stderr == b""
    assert run.stdout.decode().splitlines() == [
        "10.200.2.0/24 dev wg-mesh",
        "192.168.6.0/24 via 192.168.1.2 dev lan1",
    ]


@pytest.mark.parametrize("value", ["text", None, ["text"], 1.5])
def test_text_reaches_a_template_through_a_filter_alone(value: object) -> None:
    with pytest.raises(UnwritableValueError):
        require_written(value)


@pytest.mark.parametrize("value", [Written("text"), 1, IPv4Address("192.0.2.1")])
def test_what_cannot_carry_an_injection_is_printed_as_it_is(value: object) -> None:
    assert require_written(value) is value


def test_a_template_whose_value_is_missing_is_no_text() -> None:
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError, match="device"):
        fill_template("linux/sysctl.conf.j2")


class TestWithDnsmasq:
    """The program itself meets the sentences."""

    pytestmark = MARKS["dnsmasq"]

    @pytest.mark.parametrize("name", ["a,b", "a#b", "a b", "a\nlog-queries", 'a"b', "a/b"])
    def test_a_name_that_dnsmasq_would_read_otherwise_is_refused(self, name: str) -> None:
        with pytest.raises(UnwritableValueError):
            render_linux(add_to_dnsmasq(FULL, name))

    def test_a_plain_name_is_taken(self, tmp_path: Path) -> None:
        for file in render_linux(add_to_dnsmasq(FULL, "xn--caf-dma")):
            (tmp_path / file.path.replace("/", "-")).write_text(file.text)

        print_apart("dnsmasq --test -C dnsmasq.conf", tmp_path)
