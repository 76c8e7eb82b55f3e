"""Times wg-meshconf where it is installed: text of a full mesh, from a database made before."""

import csv
import os
import tempfile
from base64 import b64encode
from pathlib import Path

from bench.timing import Task, cpu_seconds

COLUMNS = (
    *("Name", "Address", "Endpoint", "AllowedIPs", "ListenPort", "PersistentKeepalive"),
    *("FwMark", "PrivateKey", "DNS", "MTU", "Table"),
    *("PreUp", "PostUp", "PreDown", "PostDown", "SaveConfig"),
)


def time_meshconf(program: str, count: int) -> float:
    """CPU seconds of `genconfig` for that many peers; adding the peers one by one is left out."""
    with tempfile.TemporaryDirectory() as folder:
        with Path(folder, "database.csv").open("w", newline="") as file:
            table = csv.DictWriter(file, COLUMNS, quoting=csv.QUOTE_ALL)
            table.writeheader()
            table.writerows(describe_peer(number) for number in range(1, count + 1))
        return cpu_seconds(Task((program, "genconfig"), folder, dict(os.environ)))


def describe_peer(number: int) -> dict[str, str]:
    """A peer with a key that is none: nothing is ever dialled."""
    return {
        "Name": f"site{number}",
        "Address": f"10.8.{number // 256}.{number % 256}/32",
        "Endpoint": f"site{number}.example.net",
        "ListenPort": "51820",
        "PrivateKey": b64encode(f"bench {number}".ljust(32, ".").encode()).decode(),
    }
