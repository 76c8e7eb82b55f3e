"""Every form of an end finds its record, and nothing else does."""

import pytest

from config.load import load_network
from config.network import Network
from config.references import End, parse_end, resolve_device
from config.stackfile import read_stack_file
from terms.values import DeviceRef, EndKind
from tests.config.cases import BASE


@pytest.fixture(scope="module")
def network() -> Network:
    return load_network(read_stack_file(BASE).areas)


ENDS = [
    ("internet", End(EndKind.INTERNET)),
    ("cluster", End(EndKind.CLUSTER)),
    ("home", End(EndKind.SITE, site="home")),
    ("home.lan", End(EndKind.PREFIX, site="home", prefix="lan")),
    ("home/gateway", End(EndKind.DEVICE, site="home", device="gateway")),
    ("paul", End(EndKind.TENANT, tenant="paul")),
    (
        "family/photos",
        End(EndKind.SERVICE, tenant="family", service="photos", namespace="photos"),
    ),
    ("namespace.cloud", End(EndKind.NAMESPACE, namespace="cloud", tenant="family")),
    ("namespace.kube-system", End(EndKind.NAMESPACE, namespace="kube-system")),
    ("vpn.guests", End(EndKind.ENDPOINT, endpoint="guests", tenant="paul")),
    ("client.phone", End(EndKind.CLIENT, client="phone", endpoint="guests", tenant="paul")),
]
NOTHING = ["public", "nobody", "home.wan", "home/lan", "paul/photos", "namespace.x", "vpn.x"]


@pytest.mark.parametrize(("text", "end"), ENDS)
def test_an_end_finds_its_record(text: str, end: End, network: Network) -> None:
    assert parse_end(network, text) == end


@pytest.mark.parametrize(("text", "end"), ENDS)
def test_an_end_is_written_as_it_was_read(text: str, end: End) -> None:
    assert str(end) == text


@pytest.mark.parametrize("text", [*NOTHING, "client.x", "paul.lan", "home.lan.x", "a/b/c", ""])
def test_another_text_finds_nothing(text: str, network: Network) -> None:
    assert parse_end(network, text) is None


def test_no_cluster_is_no_end() -> None:
    site = {"id": 1, "circuit": {"kind": "static"}}

    assert parse_end(Network.model_validate({"sites": {"home": site}}), "cluster") is None


@pytest.mark.parametrize(
    ("text", "site", "found"),
    [
        pytest.param("home/frodo", None, DeviceRef("home", "frodo"), id="with its site"),
        pytest.param("frodo", None, DeviceRef("home", "frodo"), id="the only one of its name"),
        pytest.param("frodo", "barn", DeviceRef("home", "frodo"), id="seen from another site"),
        pytest.param("box", "barn", DeviceRef("barn", "box"), id="at the site itself"),
        pytest.param("barn/frodo", None, None, id="at the wrong site"),
        pytest.param("nobody", "home", None, id="unknown"),
        pytest.param("attic/frodo", None, None, id="at an unknown site"),
    ],
)
def test_a_device_is_found_by_site_or_name(
    text: str, site: str | None, found: DeviceRef | None, network: Network
) -> None:
    assert resolve_device(network, text, site) == found


def test_a_name_of_several_sites_is_no_reference_without_the_site() -> None:
    site = {"id": 1, "circuit": {"kind": "static"}, "devices": {"pi": {"role": "server"}}}
    network = Network.model_validate({"sites": {"home": site, "barn": {**site, "id": 2}}})

    assert resolve_device(network, "pi") is None
    assert resolve_device(network, "pi", "barn") == DeviceRef("barn", "pi")


def test_only_a_device_has_a_reference_to_a_device() -> None:
    with pytest.raises(ValueError, match="is no device"):
        _ = End(EndKind.SITE, site="home").device_ref
