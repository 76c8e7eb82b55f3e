"""What a person is told - the verdict, the rules behind it, the matrix - and what changed."""

import pytest

from reach.difference import RowFormError, compare_reach, read_rows
from reach.explain import explain, matrix_text
from reach.matrix import WIDTH
from reach.model import UnknownEndpointError
from reach.rows import Row
from terms.values import Ports
from tests.golden import Golden
from tests.reach.evaluated import STACKS, reach_of


@pytest.mark.parametrize("stack", STACKS)
def test_the_matrix_fits_a_terminal(stack: str, golden: Golden) -> None:
    text = matrix_text(reach_of(stack))

    golden(f"reach/{stack}.txt", text + "\n")
    assert max(map(len, text.splitlines())) <= WIDTH
    assert len(text.splitlines()) < 100


@pytest.mark.parametrize(
    ("source", "target", "port", "told"),
    [
        pytest.param("home.iot", "internet", None, "closed", id="closed"),
        pytest.param("home.iot", "internet", None, "no rule lets it through", id="what stops it"),
        pytest.param("internet", "online/traefik", "tcp/443", "open on tcp/443", id="open"),
        pytest.param("internet", "online/traefik", None, "closed on the rest", id="the rest"),
        pytest.param("internet", "online/traefik", None, "port 22443 is port 8443", id="service"),
        pytest.param("internet", "home.servers", None, "only public addresses", id="outsiders"),
        pytest.param("home.users", "online/traefik", None, "by a public address", id="hairpin"),
        pytest.param("paul", "la1r", None, "nothing in its policies (", id="the policies"),
        pytest.param("paul", "la1r", None, "la1r stands for", id="a group says so"),
        pytest.param("home/phones", "internet", None, "treated as home.users", id="a twin"),
        pytest.param("home.users", "home.users", None, "not enforceable on any", id="neighbours"),
    ],
)
def test_a_verdict_is_explained(source: str, target: str, port: str | None, told: str) -> None:
    ports = Ports.parse(port) if port else None

    assert told in explain(reach_of("prod"), source, target, ports)


def test_a_name_that_nobody_has_is_an_error() -> None:
    with pytest.raises(UnknownEndpointError, match="nobody"):
        explain(reach_of("dev"), "nobody", "internet", None)


def row(source: str, target: str, *ports: str, public: tuple[str, ...] = ()) -> Row:
    return Row(
        source=source,
        target=target,
        ports=list(ports),
        not_enforceable=[],
        by_public_address=list(public),
        why=["a reason"],
    )


def test_a_pair_gains_and_loses_ports_by_each_way() -> None:
    before = [row("a", "b", "tcp/22-23"), row("c", "d", "any")]
    after = [row("a", "b", "tcp/23-24"), row("a", "c", public=("tcp/80",))]

    found = compare_reach(before, after)

    assert [(one.source, one.target, str(one.ports)) for one in found.lost] == [
        ("a", "b", "tcp/22"),
        ("c", "d", "any"),
    ]
    assert [
        (one.source, one.target, str(one.ports), one.by_public_address) for one in found.gained
    ] == [("a", "b", "tcp/24", False), ("a", "c", "tcp/80", True)]
    assert found.gained[0].why == ("a reason",)


def test_what_the_internet_reaches_by_a_public_address_is_gained_once() -> None:
    after = [row("internet", "a", "tcp/80", public=("tcp/80",))]

    assert [one.by_public_address for one in compare_reach([], after).gained] == [False]


def test_equal_networks_gain_and_lose_nothing() -> None:
    same = reach_of("prod").rows()

    found = compare_reach(same, same)

    assert (found.gained, found.lost) == ((), ())


def test_rows_are_read_back_from_a_document() -> None:
    rows = reach_of("prod").rows()

    assert list(read_rows({"matrix": rows})) == rows


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"matrix": "all"}, id="no list"),
        pytest.param({"matrix": [1]}, id="no record"),
        pytest.param({"matrix": [{"source": "a"}]}, id="no target"),
        pytest.param({"matrix": [{"source": "a", "target": "b", "ports": [1]}]}, id="no text"),
    ],
)
def test_another_form_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(RowFormError):
        read_rows(document)
