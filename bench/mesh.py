"""Plans and writes a full mesh of N sites: `N FOLDER`; prints bytes, files and CPU seconds."""

import sys
from pathlib import Path
from time import process_time

from config.load import load_network
from config.network import Network
from plan.build import build_plan
from plan.memory import expect_lasting_values
from render.linux import render_linux

# Any well-formed key serves: nothing here is ever dialled.
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGUgZ2F0ZXdheS4uLi4uLi4uLi4uLi4uLi4u"


def describe_mesh(count: int) -> dict[str, object]:
    """A network of that many dialable sites, each with one router and one LAN."""
    return {
        "sites": {f"site{number}": describe_site(number) for number in range(1, count + 1)},
        "vpn": {"backbone": {"cidr": "10.8.0.0/20"}},
    }


def describe_site(number: int) -> dict[str, object]:
    """One site."""
    lan = f"172.{16 + number // 256}.{number % 256}"
    return {
        "id": number,
        "circuit": {"kind": "static", "endpoint": f"site{number}.example.net"},
        "prefixes": {"lan": {"cidr": f"{lan}.0/24", "role": "user"}},
        "devices": {"gateway": describe_gateway(lan)},
    }


def describe_gateway(lan: str) -> dict[str, object]:
    """The router of a LAN, which is given by the first three bytes of its addresses."""
    return {
        "role": "router",
        "platform": "linux",
        "interfaces": {
            "wan0": {"uplink": True},
            "lan0": {"segment": "lan", "addresses": [f"{lan}.1"]},
        },
        "manage": {"host_key": HOST_KEY},
    }


def main() -> None:
    """Write the files of every device."""
    expect_lasting_values()
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    # Libraries and templates are loaded at the first use; that belongs to the start-up.
    write_mesh(load_network(describe_mesh(1)), folder)
    network = load_network(describe_mesh(count))
    begin = process_time()
    size, files = write_mesh(network, folder)
    print(size, files, process_time() - begin)


def write_mesh(network: Network, folder: Path) -> tuple[int, int]:
    """Plan the network and write every file of every device; gives the bytes and the files."""
    size = files = 0
    for device in build_plan(network).devices:
        for file in render_linux(device):
            path = folder / f"{device.ref.site}-{Path(file.path).name}"
            size += path.write_text(file.text)
            files += 1
    return size, files


if __name__ == "__main__":
    main()
