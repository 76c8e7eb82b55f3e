"""Writes as many bytes and files as bench/mesh.py did, with f-strings: `N FOLDER BYTES FILES`."""

import sys
from pathlib import Path
from time import process_time


def peer_text(site: int, peer: int) -> str:
    """The peer block and the route that any generator has to write for one link."""
    lan = f"172.{16 + peer // 256}.{peer % 256}.0/24"
    return (
        f"# site{peer}\n[Peer]\nPublicKey = @gateway/site{peer}/gateway\n"
        f"PresharedKey = @psk/site{site}--site{peer}\nEndpoint = site{peer}.example.net:51820\n"
        f"AllowedIPs = 10.8.{peer // 256}.{peer % 256}/32, {lan}\n\n"
        f"route {lan} dev wg-mesh\n"
    )


def main() -> None:
    """Write so many files, each until its part of the size is reached."""
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    size, files = int(sys.argv[3]), int(sys.argv[4])
    begin, each = process_time(), size // files
    for number in range(files):
        parts: list[str] = []
        written = peer = 0
        while written < each:
            text = peer_text(number % count, peer % count)
            parts.append(text)
            written += len(text)
            peer += 1
        (folder / f"file{number}").write_text("".join(parts))
    print(size, files, process_time() - begin)


if __name__ == "__main__":
    main()
