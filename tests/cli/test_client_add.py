"""`la1r client add`: what is written where, what is shown, and what is refused."""

import base64
from pathlib import Path

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from cli.client_keys import make_keys
from cli.main import run
from tests.cli.conftest import edit
from tests.cli.enrolment import ENDPOINT_KEY, FILE, OFFERED, add, value_of

Captured = pytest.CaptureFixture[str]


def public_half(private: str) -> str:
    """Make the public key of a private one."""
    key = X25519PrivateKey.from_private_bytes(base64.b64decode(private))
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def test_the_file_is_shown_and_the_public_half_of_its_key_written(
    project: Path, before: bytes, capsys: Captured
) -> None:
    assert add("phone") == 0

    shown = capsys.readouterr()
    private = value_of("PrivateKey", shown.out)
    written = (project / FILE).read_text()
    assert public_half(private) in written
    assert "phone: {endpoint: family, index: 11, public_key: " in written
    assert value_of("Address", shown.out) == "10.8.2.11/32"
    assert value_of("PublicKey", shown.out) == ENDPOINT_KEY
    assert "number 11 of family, 10.8.2.11" in shown.err
    assert len(written.encode()) > len(before)


def test_a_private_key_is_in_no_file_and_in_no_message(project: Path, capsys: Captured) -> None:
    assert add("phone") == 0

    shown = capsys.readouterr()
    private = value_of("PrivateKey", shown.out)
    assert private not in shown.err
    assert not [
        path
        for path in project.rglob("*")
        if path.is_file() and private.encode() in path.read_bytes()
    ]


def test_a_key_pair_does_not_print_its_private_half() -> None:
    keys = make_keys()

    assert keys.private not in f"{keys}{keys!r}"
    assert keys.private == base64.b64encode(_clamped(base64.b64decode(keys.private))).decode()


def _clamped(key: bytes) -> bytes:
    return bytes((key[0] & 248, *key[1:31], (key[31] & 127) | 64))


@pytest.mark.usefixtures("project")
def test_two_clients_get_two_keys_and_two_numbers(capsys: Captured) -> None:
    assert (add("phone"), add("tablet")) == (0, 0)

    addresses = [line for line in capsys.readouterr().out.splitlines() if "Address" in line]
    assert addresses == ["Address = 10.8.2.11/32", "Address = 10.8.2.12/32"]


def test_a_file_is_written_for_its_owner_alone_and_no_key_is_shown(
    project: Path, capsys: Captured
) -> None:
    assert add("phone", "--out", "phone.conf", "--expires", "2999-06-30") == 0

    shown, path = capsys.readouterr(), project / "phone.conf"
    private = value_of("PrivateKey", path.read_text())
    assert path.stat().st_mode & 0o777 == 0o600
    assert private not in shown.out + shown.err
    assert shown.out == ""
    assert 'expires: "2999-06-30"' in (project / FILE).read_text()


@pytest.mark.usefixtures("project")
def test_the_code_says_what_the_file_says(capsys: Captured) -> None:
    assert add("phone", "--qr") == 0

    text, _, code = capsys.readouterr().out.partition("PersistentKeepalive = 25\n")
    lines = [line for line in text.splitlines() if line and line[0] != "#"]
    content = "\n".join((*lines, "PersistentKeepalive = 25")) + "\n"
    expected = segno.make(content, error="l", micro=False, boost_error=False)
    assert read_blocks(code) == [[bool(cell) for cell in row] for row in expected.matrix]


def read_blocks(text: str) -> list[list[bool]]:
    """Read the dark modules of a code that is printed in half blocks, light on dark."""
    border = 4
    light = {"█": (True, True), "▀": (True, False), "▄": (False, True), " ": (False, False)}
    rows: list[list[bool]] = []
    for line in text.splitlines():
        halves = [light[character] for character in line]
        rows += [[not upper for upper, _ in halves], [not lower for _, lower in halves]]
    side = len(rows[0]) - 2 * border
    return [row[border : border + side] for row in rows[border : border + side]]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        pytest.param(["--tenant", "familie"], "did you mean family?", id="an unknown tenant"),
        pytest.param(["--endpoint", "famly"], "did you mean family?", id="an unknown endpoint"),
        pytest.param([], "Say --tenant, or --endpoint", id="nobody's"),
        pytest.param(
            ["--tenant", "family", "--index", "10"], "is that of laptop", id="a taken number"
        ),
        pytest.param(
            ["--tenant", "family", "--index", "255"], "numbers from 2 to 254", id="a high number"
        ),
        pytest.param(
            ["--tenant", "family", "--expires", "2020-01-01"], "is past", id="a day that is past"
        ),
        pytest.param(
            ["--tenant", "family", "--endpoint-key", "abc"],
            "not a WireGuard public key",
            id="a key that is none",
        ),
    ],
)
def test_wrong_usage_is_said_and_changes_nothing(
    arguments: list[str], reason: str, project: Path, before: bytes, capsys: Captured
) -> None:
    code = run(["client", "add", "phone", *OFFERED, *arguments])

    assert code == 64
    shown = capsys.readouterr()
    assert reason in shown.err
    assert shown.out == ""
    assert (project / FILE).read_bytes() == before


def test_a_name_that_is_taken_is_refused(project: Path, before: bytes, capsys: Captured) -> None:
    assert add("laptop") == 64

    assert "There is a client laptop already" in capsys.readouterr().err
    assert (project / FILE).read_bytes() == before


@pytest.mark.parametrize(
    ("name", "more", "code"),
    [
        pytest.param("My Phone", (), "E-NAM-01", id="a name with other characters"),
        pytest.param("phone", ("--expires", "next summer"), "E-EXP-01", id="a day that is none"),
    ],
)
def test_what_check_would_refuse_is_not_written(
    name: str, more: tuple[str, ...], code: str, project: Path, before: bytes, capsys: Captured
) -> None:
    assert add(name, *more) == 2

    shown = capsys.readouterr()
    assert code in shown.err
    assert "Nothing was written" in shown.err
    assert shown.out == ""
    assert (project / FILE).read_bytes() == before


def test_a_description_with_problems_is_left_as_it_is(project: Path, capsys: Captured) -> None:
    edit(project, "id: 2", "id: 1")
    broken = (project / FILE).read_bytes()

    assert add("phone") == 2
    assert "E-VPN-04" in capsys.readouterr().err
    assert (project / FILE).read_bytes() == broken


@pytest.mark.usefixtures("nobody_answers")
def test_an_endpoint_whose_key_nobody_knows_gets_no_client(project: Path, capsys: Captured) -> None:
    before = (project / FILE).read_bytes()
    code = run(["client", "add", "phone", "--stack", "dev", "--tenant", "family"])

    shown = capsys.readouterr()
    assert code == 1
    assert "`la1r up --stack dev`" in shown.err
    assert "the device itself: It cannot be reached" in shown.err
    assert "Nothing was changed" in shown.err
    assert shown.out == ""
    assert (project / FILE).read_bytes() == before


def test_a_tenant_with_several_endpoints_has_to_say_which(project: Path, capsys: Captured) -> None:
    second = ", away: {tenant: family, at: home/gateway, port: 33444, cidr: 10.8.4.0/24}}\n"
    edit(project, "cidr: 10.8.2.0/24}}\n", f"cidr: 10.8.2.0/24}}{second}")

    assert add("phone") == 64
    assert "--endpoint: family, away" in capsys.readouterr().err
    assert add("phone", "--endpoint", "away") == 0
    assert value_of("Address", capsys.readouterr().out) == "10.8.4.2/32"


def test_numbers_of_former_clients_are_given_only_when_asked_for(
    project: Path, capsys: Captured
) -> None:
    edit(project, "index: 10", "index: 254")

    assert add("phone") == 64
    assert "No number above 254 is left" in capsys.readouterr().err
    assert add("phone", "--index", "10") == 0
