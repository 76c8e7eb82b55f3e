"""How the list of clients says times, days and what is not known."""

from datetime import date

import pytest

from cli.client_list import note_lines, sight_record, table_lines, write_day, write_sight
from cli.client_seen import Known, Sight, Sights, find_sight
from cli.stack import compute_whole

NOW = 1_800_000_000
TODAY = date(2027, 1, 15)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (0, "0 seconds ago"),
        (1, "1 second ago"),
        (119, "1 minute ago"),
        (7200, "2 hours ago"),
        (86400 * 400, "400 days ago"),
        # A device's clock may be ahead by the time that reading took.
        (-2, "0 seconds ago"),
    ],
)
def test_a_moment_is_said_in_its_largest_unit(ago: int, said: str) -> None:
    assert write_sight(Sight(Known.SEEN, NOW - ago), NOW) == said


@pytest.mark.parametrize("known", [Known.NEVER, Known.ABSENT, Known.UNREAD])
def test_what_is_not_known_is_said_so(known: Known) -> None:
    assert write_sight(Sight(known), NOW) == known.value
    assert sight_record(Sight(known)) == {"state": known.value, "last_handshake": None}


def test_a_moment_for_programs_is_in_utc() -> None:
    record = sight_record(Sight(Known.SEEN, NOW))

    assert record == {"state": "seen", "last_handshake": "2027-01-15T08:00:00+00:00"}


@pytest.mark.parametrize(
    ("peers", "known"),
    [
        pytest.param(None, Known.UNREAD, id="not read"),
        pytest.param({}, Known.ABSENT, id="no such peer"),
        pytest.param({"key": 0}, Known.NEVER, id="no handshake"),
        pytest.param({"key": NOW}, Known.SEEN, id="a handshake"),
    ],
)
def test_an_endpoint_is_taken_at_its_word(peers: dict[str, int] | None, known: Known) -> None:
    assert find_sight(peers, "key").known is known


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (None, "-"),
        ("2027-01-14", "2027-01-14 (past)"),
        ("2027-01-15", "2027-01-15 (in 0 days)"),
        ("2027-02-14", "2027-02-14 (in 30 days)"),
        ("2027-02-15", "2027-02-15"),
    ],
)
def test_a_last_day_that_is_near_is_said_to_be(day: str | None, said: str) -> None:
    assert write_day(day, TODAY) == said


@pytest.mark.usefixtures("project")
def test_endpoints_that_say_nothing_and_keys_of_nobody_are_named() -> None:
    sights = Sights({}, {"home/gateway": "It is off."}, {"family": ("KEY",)})

    unread, stranger = note_lines(compute_whole("dev"), sights)

    assert unread == "home/gateway was not read, so nothing is known of its clients now: It is off."
    assert "family still lets in 1 key that is no client's: KEY" in stranger
    assert "`la1r up --stack dev`" in stranger


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert list(table_lines([("A", "B"), ("long", "x")])) == ["A     B", "long  x"]
