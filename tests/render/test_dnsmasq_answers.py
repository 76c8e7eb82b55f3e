"""A running dnsmasq answers what the plan says, and learns new names without a restart."""

from pathlib import Path

import pytest

from render.files import CURRENT
from tests.render.stacks import texts_of
from tests.render.tools import MARKS, print_apart

pytestmark = MARKS["dnsmasq"]

FOLDER = "lab/linux/home/gateway"
ASK = """
import socket, struct, sys
labels = b"".join(bytes([len(word)]) + word.encode() for word in sys.argv[1].split("."))
asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asker.settimeout(5)
question = struct.pack(">6H", 1, 0x100, 1, 0, 0, 0) + labels + struct.pack(">B2H", 0, 1, 1)
asker.sendto(question, ("192.168.1.1", 53))
answer = asker.recv(512)
print(".".join(map(str, answer[-4:])) if answer[7] else f"rcode {answer[3] & 15}")
"""
SCRIPT = """
ip link set lo up
ip link add lan0 type veth peer name host0
ip address add 192.168.1.1/24 dev lan0
ip link set lan0 up
ip link set host0 up
dnsmasq -C dnsmasq.conf --keep-in-foreground --user=root --pid-file --dhcp-leasefile=leases &
trap 'kill $!' EXIT
sleep 0.5
{change}
python3 ask.py {name}
"""
LEARN = 'echo "192.168.1.77 late.home.lab.internal" >>dnsmasq.names; kill -HUP $!; sleep 0.5'


@pytest.mark.parametrize(
    ("name", "change", "answer"),
    [
        pytest.param("printer.home.lab.internal", "", "192.168.1.20", id="a host of the site"),
        pytest.param("pi.barn.lab.internal", "", "10.200.4.50", id="another site's by its alias"),
        pytest.param("nobody.home.lab.internal", "", "rcode 3", id="nobody is asked further"),
        pytest.param("late.home.lab.internal", LEARN, "192.168.1.77", id="a new name by SIGHUP"),
    ],
)
def test_a_client_of_the_device_gets(name: str, change: str, answer: str, tmp_path: Path) -> None:
    (tmp_path / "ask.py").write_text(ASK)
    for file in ("dnsmasq.conf", "dnsmasq.hosts", "dnsmasq.names"):
        text = texts_of("lab")[f"{FOLDER}/{file}"]
        (tmp_path / file).write_text(text.replace(CURRENT, str(tmp_path)))

    printed = print_apart(SCRIPT.format(name=name, change=change), tmp_path)

    assert printed.strip() == answer
