"""The last screen of a preview: what the network is, who reaches whom, what would change."""

import pytest

from tests.cli.conftest import Command

SHORT = """\
  home: 2 devices, all managed; dialled at home.example.net; gateway: gateway
  cabin: 1 device, all managed; dials out; gateway: pi
  between sites: 1 direct WireGuard tunnel
  cluster mini with 1 node; 1 tenant with 1 namespace; 1 VPN endpoint for 1 client; 1 declared flow
  40 resources to create, as if nothing were there yet; a preview changes nothing"""


def test_a_preview_ends_with_the_network_in_short(
    la1r: Command, capfd: pytest.CaptureFixture[str]
) -> None:
    assert la1r("preview") == 0

    last = capfd.readouterr().out.splitlines()[-40:]
    titles = [line.partition(":")[0].partition(",")[0] for line in last if line[:1].isupper()]
    assert titles[-5:] == [
        "Who can reach whom",
        "Pods",
        "Everything else is closed",
        "Views in out/dev",
        "In short",
    ]
    assert "\n".join(last[-5:]) == SHORT
