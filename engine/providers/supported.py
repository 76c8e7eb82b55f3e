"""The packages of resource types that the engine knows."""

from __future__ import annotations

from pathlib import Path

from engine.providers.base import Package
from engine.providers.command import CommandPackage
from engine.providers.kubernetes_package import KubernetesPackage


def supported_packages(folder: Path) -> tuple[Package, ...]:
    """All of them, for a program in this folder."""
    return CommandPackage(str(folder)), KubernetesPackage()
