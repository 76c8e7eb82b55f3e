"""Sends probes from a machine: turns calls into verdicts, all at once and in a bounded time.

Run by path on its own. JSON comes in (seconds of patience; calls with nonce, protocol, address,
port), JSON goes out (nonce -> verdict and who answered).
"""

import errno
import json
import os
import selectors
import socket
import struct
import sys
import time
from collections.abc import Callable

OPEN, REFUSED, UNREACHABLE, SILENT = "open", "refused", "unreachable", "silent"
MESSAGE_BYTES = 2048
ECHO_REPLY, DESTINATION_UNREACHABLE, ECHO_REQUEST = 0, 3, 8
ICMP = struct.Struct("!BBHHH")  # type, code, checksum, identifier, sequence number
IP_RECVERR = 11  # ip(7): pass errors from ICMP on; Python does not name it.

Handle = Callable[[], None]


class Dialler:
    """Calls under way, and the verdicts so far."""

    def __init__(self) -> None:
        self.verdicts: dict[str, tuple[str, str]] = {}
        self.pending: set[str] = set()
        self.selector = selectors.DefaultSelector()
        self.echoes: dict[int, str] = {}
        self.icmp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self._watch(self.icmp, selectors.EVENT_READ, self.hear_icmp)

    def dial(self, nonce: str, protocol: str, address: str, port: int) -> None:
        """Begin one call."""
        self.pending.add(nonce)
        self.verdicts[nonce] = (SILENT, "")
        try:
            {"tcp": self.dial_tcp, "udp": self.dial_udp, "icmp": self.dial_icmp}[protocol](
                nonce, address, port
            )
        except OSError as error:
            self.fail(nonce, error.errno or 0)

    def dial_tcp(self, nonce: str, address: str, port: int) -> None:
        """Connect, say the nonce, and hear who is there."""
        stream = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        stream.setblocking(False)
        code = stream.connect_ex((address, port))
        if code not in (0, errno.EINPROGRESS):
            raise OSError(code, os.strerror(code))
        self._watch(stream, selectors.EVENT_WRITE, lambda: self.connected(stream, nonce))

    def connected(self, stream: socket.socket, nonce: str) -> None:
        """Note the outcome of a connection; one that stands is an open port, whoever has it."""
        self.selector.unregister(stream)
        if code := stream.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self.fail(nonce, code)
            return
        self.verdicts[nonce] = (OPEN, "")
        try:
            stream.sendall(nonce.encode())
        except OSError as error:
            self.fail(nonce, error.errno or 0)
            return
        self._watch(stream, selectors.EVENT_READ, lambda: self.hear(stream, nonce))

    def dial_udp(self, nonce: str, address: str, port: int) -> None:
        """Send the nonce in a datagram, and hear who is there."""
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        datagrams.setblocking(False)
        datagrams.connect((address, port))
        datagrams.send(nonce.encode())
        self._watch(datagrams, selectors.EVENT_READ, lambda: self.hear(datagrams, nonce))

    def hear(self, answering: socket.socket, nonce: str) -> None:
        """Note who answered."""
        self.selector.unregister(answering)
        try:
            answer = answering.recv(MESSAGE_BYTES).decode("ascii", "replace")
            echoed, _, name = answer.partition(" ")
            self.settle(nonce, OPEN, name if echoed == nonce else "")
        except OSError as error:
            self.fail(nonce, error.errno or 0)

    def dial_icmp(self, nonce: str, address: str, _: int) -> None:
        """Send an echo request (RFC 792)."""
        number = len(self.echoes) + 1
        self.echoes[number] = nonce
        identifier = os.getpid() & 0xFFFF
        unsigned = ICMP.pack(ECHO_REQUEST, 0, 0, identifier, number) + nonce.encode()
        checksum = add_up(unsigned)
        packet = ICMP.pack(ECHO_REQUEST, 0, checksum, identifier, number) + nonce.encode()
        self.icmp.sendto(packet, (address, 0))

    def hear_icmp(self) -> None:
        """Note an echo reply, or an error that quotes an echo request."""
        packet = skip_ip(self.icmp.recv(MESSAGE_BYTES))
        kind = packet[0]
        if kind == DESTINATION_UNREACHABLE:
            packet = skip_ip(packet[ICMP.size :])
        if len(packet) < ICMP.size or kind not in (ECHO_REPLY, DESTINATION_UNREACHABLE):
            return
        _, _, _, identifier, number = ICMP.unpack_from(packet)
        if identifier == os.getpid() & 0xFFFF and number in self.echoes:
            verdict = OPEN if kind == ECHO_REPLY else UNREACHABLE
            self.settle(self.echoes[number], verdict, "")

    def settle(self, nonce: str, verdict: str, answered_by: str) -> None:
        """Write down the outcome of a call."""
        self.verdicts[nonce] = (verdict, answered_by)
        self.pending.discard(nonce)

    def fail(self, nonce: str, code: int) -> None:
        """Write down a call that failed; a connection that stood was open all the same."""
        if self.verdicts[nonce][0] == SILENT:
            refused = code in (errno.ECONNREFUSED, errno.ECONNRESET)
            self.verdicts[nonce] = (REFUSED if refused else UNREACHABLE, "")
        self.pending.discard(nonce)

    def listen(self, seconds: float) -> None:
        """Wait until every call has its outcome, or the patience ends."""
        deadline = time.monotonic() + seconds
        while self.pending and (left := deadline - time.monotonic()) > 0:
            for key, _ in self.selector.select(left):
                key.data()

    def _watch(self, watched: socket.socket, event: int, handle: Handle) -> None:
        self.selector.register(watched, event, handle)


def skip_ip(packet: bytes) -> bytes:
    """Give what follows the IP header."""
    return packet[(packet[0] & 15) * 4 :] if packet else packet


def add_up(data: bytes) -> int:
    """Give the internet checksum (RFC 1071)."""
    padded = data + bytes(len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def main() -> None:
    """Dial everything, listen, and report."""
    asked = json.load(sys.stdin)
    dialler = Dialler()
    for call in asked["calls"]:
        dialler.dial(call["nonce"], call["protocol"], call["address"], call["port"])
    dialler.listen(asked["patience"])
    print(json.dumps(dialler.verdicts), flush=True)


if __name__ == "__main__":
    main()
