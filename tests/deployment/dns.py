"""Asks a DNS server for an address, from a machine of a lab."""

import sys
from ipaddress import IPv4Address

from lab.machine import RunningMachine, View

# Asks for one A record (RFC 1035) and prints its address, or the code of the refusal.
_ASK = """
import socket, struct, sys
server, name = sys.argv[1:]
labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\\0"
question = struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + labels + struct.pack("!2H", 1, 1)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
    out.settimeout(3)
    out.sendto(question, (server, 53))
    answer = out.recv(512)
code, count = answer[3] & 15, struct.unpack("!H", answer[6:8])[0]
print(socket.inet_ntoa(answer[-4:]) if count else f"refused {code}")
"""


def look_up(machine: RunningMachine, server: str, name: str) -> IPv4Address | None:
    """The address that a server gives for a name; None where it knows none."""
    asked = machine.run(sys.executable, "-I", "-S", "-c", _ASK, server, name, view=View.NETWORK)
    said = asked.strip()
    return None if said.startswith("refused") else IPv4Address(said)
