"""Installs MetalLB's own kinds of objects, from the release that is pinned here."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from lab.apiserver.calls import Caller
from lab.errors import LabError

MODULE = "go.universe.tf/metallb@v0.16.2"
# The module's hash, as go.sum would hold it. MetalLB is no part of go.mod, because nothing of it is
# built, and its requirements would move those of the API server.
DIGEST = "h1:RCSAGoZmqcvTg0e56+Okbwz8iTuQVX30JpKX5mYEPUM="
KINDS = ("ipaddresspools", "l2advertisements")
NAMESPACE = "metallb-system"
DOWNLOAD_SECONDS = 300


def find_definitions() -> tuple[Path, ...]:
    """Files with the definitions of MetalLB's kinds, downloaded once into Go's own cache.

    Raises LabError where that is not possible, or what came is not what was pinned.
    """
    found = _download()
    if found.get("Sum") != DIGEST:
        raise LabError(f"{MODULE} is {found.get('Sum')} and not {DIGEST}: {found.get('Error', '')}")
    folder = Path(str(found["Dir"]), "config", "crd", "bases")
    return tuple(folder / f"metallb.io_{kind}.yaml" for kind in KINDS)


def _download() -> dict[str, Any]:
    command = ["go", "mod", "download", "-json", MODULE]
    try:
        done = subprocess.run(
            command,
            # Outside any module, or that module's requirements would count.
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_SECONDS,
            check=False,
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise LabError(f"`{' '.join(command)}` did not work: {error}") from error
    return found


def install_definitions(caller: Caller, definitions: Iterable[Path]) -> None:
    """Make the kinds known to a server, with the namespace in which MetalLB keeps its objects."""
    for definition in definitions:
        document = yaml.safe_load(definition.read_text(encoding="utf-8"))
        name = document["metadata"]["name"]
        path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}"
        caller.patch(f"{path}?fieldManager=lab&force=true", document, "apply")
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    caller.patch(f"/api/v1/namespaces/{NAMESPACE}?fieldManager=lab&force=true", body, "apply")
