"""Sets of protocols and ports behave like sets of single packets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from reach.portset import PortSet, read_ports
from terms.values import MAX_PORT, Ports, Protocol


@st.composite
def written_ports(draw: st.DrawFn) -> Ports:
    protocol = draw(st.sampled_from(list(Protocol)))
    if protocol in (Protocol.ANY, Protocol.ICMP, Protocol.ESP):
        return Ports(protocol)
    first = draw(st.integers(1, MAX_PORT))
    return Ports(protocol, first, draw(st.integers(first, MAX_PORT)))


port_sets = st.lists(written_ports(), max_size=4).map(PortSet.of)
packets = st.one_of(
    st.tuples(st.sampled_from([Protocol.TCP, Protocol.UDP]), st.integers(1, MAX_PORT)),
    st.sampled_from([(Protocol.ICMP, 0), (Protocol.ESP, 0)]),
)


def test_ports_of_sctp_are_written_and_read_back() -> None:
    some = PortSet.sctp(80, 82) | PortSet.sctp(90, 90)
    rest = PortSet.everything - some

    assert some.texts() == ("sctp/80-82", "sctp/90")
    assert PortSet.sctp().texts() == ("sctp",)
    assert read_ports(some.texts()) == some
    assert read_ports(rest.texts()) == rest


@pytest.mark.parametrize("text", ["sctp/", "sctp/a", "sctp/1-", "sctp/1-b", "sctp/1/2"])
def test_a_wrong_text_of_sctp_is_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError):
        read_ports((text,))


def holds(ports: PortSet, packet: tuple[Protocol, int]) -> bool:
    protocol, port = packet
    one = Ports(protocol, port, port) if port else Ports(protocol)
    return PortSet.of((one,)) <= ports


@given(port_sets, port_sets, packets)
def test_a_packet_is_in_a_union_intersection_or_difference_as_in_any_set(
    left: PortSet, right: PortSet, packet: tuple[Protocol, int]
) -> None:
    here, there = holds(left, packet), holds(right, packet)

    assert holds(left | right, packet) == (here or there)
    assert holds(left & right, packet) == (here and there)
    assert holds(left - right, packet) == (here and not there)


@given(port_sets, port_sets)
def test_parts_of_a_set_make_the_whole_again(left: PortSet, right: PortSet) -> None:
    assert (left - right) | (left & right) == left
    assert left - right == left - (left & right)
    assert (left <= right) == (left | right == right)


@given(port_sets)
def test_a_set_is_read_back_from_its_text(ports: PortSet) -> None:
    assert read_ports(ports.texts()) == ports


@pytest.mark.parametrize(
    ("written", "text"),
    [
        pytest.param(["tcp/22"], "tcp/22", id="one port"),
        pytest.param(["tcp/22", "tcp/23", "udp/53"], "tcp/22-23, udp/53", id="neighbours join"),
        pytest.param(["tcp"], "tcp", id="a whole protocol"),
        pytest.param(["icmp"], "icmp", id="icmp"),
        pytest.param(["any"], "any", id="everything"),
        pytest.param(["tcp", "udp", "icmp"], "tcp, udp, icmp", id="all with a name is not any"),
        pytest.param([], "nothing", id="nothing"),
    ],
)
def test_a_set_is_written_as_ports_are(written: list[str], text: str) -> None:
    assert str(PortSet.of(Ports.parse(each) for each in written)) == text


def test_tcp_and_udp_do_not_join_at_their_edges() -> None:
    both = PortSet.of((Ports(Protocol.TCP, MAX_PORT, MAX_PORT), Ports(Protocol.UDP, 1, 1)))

    assert both.texts() == (f"tcp/{MAX_PORT}", "udp/1")


def test_esp_is_apart_from_the_other_protocols_and_read_back() -> None:
    rest = PortSet.everything - PortSet.of((Ports(Protocol.ESP),))

    assert rest.texts() == ("tcp", "udp", "icmp", "other protocols but esp")
    assert str(PortSet.everything - PortSet.every(Protocol.TCP)) == "udp, icmp, other protocols"
    assert read_ports(rest.texts()) | read_ports(["esp"]) == PortSet.everything
