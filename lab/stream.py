"""Sends ten small messages a second, and counts the answers until its input ends.

Run by path on a machine: `answer` echoes a TCP stream, `send ADDRESS` keeps one connection to it,
`ping ADDRESS` sends echo requests. The last two print: sent, answered, longest wait in seconds.
"""

import select
import socket
import struct
import sys
import time
from collections.abc import Callable

PORT, BEAT, LAST_SECONDS = 7007, 0.1, 20.0
Exchange = Callable[[int], None]


def answer() -> None:
    """Echo what comes over each connection, one after another."""
    server = socket.create_server(("", PORT))
    while True:
        connection, _ = server.accept()
        while message := connection.recv(64):
            connection.sendall(message)
        connection.close()


def connect(address: str) -> socket.socket:
    """Connect as soon as somebody listens there."""
    deadline = time.monotonic() + LAST_SECONDS
    while True:
        try:
            return socket.create_connection((address, PORT), timeout=LAST_SECONDS)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(BEAT)


def send(address: str) -> Exchange:
    """Exchange messages over one connection that is never made again."""
    connection = connect(address)

    def exchange(number: int) -> None:
        connection.sendall(struct.pack("!Q", number))
        if connection.recv(8) != struct.pack("!Q", number):
            raise ConnectionError

    return exchange


def ping(address: str) -> Exchange:
    """Exchange echo requests and replies (RFC 792)."""
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    raw.settimeout(LAST_SECONDS)

    def exchange(number: int) -> None:
        head = struct.pack("!BBHHH", 8, 0, 0, 7007, number & 0xFFFF)
        total = sum(struct.unpack("!4H", head))
        total = (total & 0xFFFF) + (total >> 16)
        raw.sendto(
            struct.pack("!BBHHH", 8, 0, ~total & 0xFFFF, 7007, number & 0xFFFF), (address, 0)
        )
        while True:
            found = struct.unpack("!BBHHH", raw.recv(256)[20:28])
            if (found[0], found[3], found[4]) == (0, 7007, number & 0xFFFF):
                return

    return exchange


def beat(exchange: Exchange) -> None:
    """Exchange at each beat until the input ends, then say how it went."""
    sent, answered, longest = 0, 0, 0.0
    while not select.select([sys.stdin], [], [], BEAT)[0]:
        sent += 1
        began = time.monotonic()
        try:
            exchange(sent)
        except OSError:
            break
        answered += 1
        longest = max(longest, time.monotonic() - began)
    print(sent, answered, longest)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["answer"]:
            answer()
        case ["send", address]:
            beat(send(address))
        case ["ping", address]:
            beat(ping(address))
