"""Answers probes on a machine: turns what arrives into answers, and into notes of who sent it.

Run by path on its own. One line of JSON comes in (name, tcp and udp ports), one goes out once all
ports are open (those that another program holds), one at the end of the input (nonce -> source).
"""

import json
import selectors
import socket
import struct
import sys
from contextlib import suppress

MESSAGE_BYTES = 2048
# ip(7): index of the interface, local address, destination of the packet.
PACKET_INFO = struct.Struct("=I4s4s")
IP_PKTINFO = 8  # Python 3.11 does not name it.
ANY = "0.0.0.0"  # noqa: S104 - only the machine's own network is there


class Listener:
    """Open ports of one machine, and the source of everything that came to them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.seen: dict[str, str] = {}
        self.busy: list[str] = []
        self.selector = selectors.DefaultSelector()

    def open_tcp(self, port: int) -> None:
        """Listen on a TCP port, unless another program does."""
        server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if self._bind(server, f"tcp/{port}", port):
            server.listen(socket.SOMAXCONN)
            self.selector.register(server, selectors.EVENT_READ, self.accept)

    def open_udp(self, port: int) -> None:
        """Listen on a UDP port, unless another program does."""
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        if self._bind(server, f"udp/{port}", port):
            self.selector.register(server, selectors.EVENT_READ, self.answer_datagram)

    def open_icmp(self) -> None:
        """See the echo requests that the kernel answers."""
        server = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self.selector.register(server, selectors.EVENT_READ, self.note_echo)

    def accept(self, server: socket.socket) -> None:
        """Take a connection, and wait for its nonce."""
        connection, _ = server.accept()
        self.selector.register(connection, selectors.EVENT_READ, self.answer_stream)

    def answer_stream(self, connection: socket.socket) -> None:
        """Answer the nonce of a connection, and close it."""
        with suppress(OSError):  # a caller that has gone has its verdict
            if nonce := connection.recv(MESSAGE_BYTES):
                self.note(nonce, connection.getpeername()[0])
                connection.sendall(self.answer(nonce))
        self.selector.unregister(connection)
        connection.close()

    def answer_datagram(self, server: socket.socket) -> None:
        """Answer a datagram from the very address that it came to: a router has several."""
        nonce, ancillary, _, sender = server.recvmsg(MESSAGE_BYTES, socket.CMSG_SPACE(12))
        self.note(nonce, sender[0])
        local = PACKET_INFO.unpack(ancillary[0][2])[1]
        source = (socket.IPPROTO_IP, IP_PKTINFO, PACKET_INFO.pack(0, local, bytes(4)))
        with suppress(OSError):  # no way back is a verdict too
            server.sendmsg([self.answer(nonce)], [source], 0, sender)

    def note_echo(self, server: socket.socket) -> None:
        """Note the source of an echo request: what follows the IP and ICMP headers is the nonce."""
        packet, sender = server.recvfrom(MESSAGE_BYTES)
        icmp = packet[(packet[0] & 15) * 4 :]
        if icmp[0] == 8:
            self.note(icmp[8:], sender[0])

    def answer(self, nonce: bytes) -> bytes:
        """Say whose answer this is, and to what."""
        return nonce + b" " + self.name.encode()

    def note(self, nonce: bytes, source: str) -> None:
        """Remember who sent a nonce."""
        self.seen[nonce.decode("ascii", "replace")] = source

    def serve(self) -> None:
        """Answer until the input ends."""
        self.selector.register(sys.stdin, selectors.EVENT_READ)
        ended = False
        while not ended:
            for key, _ in self.selector.select():
                # What came in the same moment is answered first.
                if key.fileobj is sys.stdin:
                    ended = True
                else:
                    key.data(key.fileobj)

    def _bind(self, server: socket.socket, label: str, port: int) -> bool:
        try:
            server.bind((ANY, port))
        except OSError:
            self.busy.append(label)
            server.close()
            return False
        return True


def main() -> None:
    """Open what is asked for, serve, and report."""
    asked = json.loads(sys.stdin.readline())
    listener = Listener(asked["name"])
    for port in asked["tcp"]:
        listener.open_tcp(port)
    for port in asked["udp"]:
        listener.open_udp(port)
    listener.open_icmp()
    print(json.dumps(listener.busy), flush=True)
    listener.serve()
    print(json.dumps(listener.seen), flush=True)


if __name__ == "__main__":
    main()
