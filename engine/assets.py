"""Turns assets as the program sends them into assets with the digest of their content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from engine.problems import RefusedError
from engine.values import ASSET_SIGNATURE, Blob, Properties, Value, transform


def hashed(properties: Properties, folder: str) -> Properties:
    """The properties with every asset digested; paths are relative to the folder.

    Raises RefusedError for archives and for assets from a URI.
    """
    return {
        key: transform(value, lambda leaf: _digested(leaf, folder))
        for key, value in properties.items()
    }


def _digested(leaf: Value, folder: str) -> Value:
    if not isinstance(leaf, Blob):
        return leaf
    if leaf.signature != ASSET_SIGNATURE or leaf.content.get("uri"):
        raise RefusedError(
            "the built-in engine supports text and file assets, not archives or URIs"
        )
    digest = hashlib.sha256(read_content(leaf, folder)).hexdigest()
    return Blob(leaf.signature, {**leaf.content, "hash": digest})


def read_content(asset: Blob, folder: str) -> bytes:
    """The bytes of a text or file asset. Raises RefusedError when its file cannot be read."""
    path = str(asset.content.get("path") or "")
    if not path:
        return str(asset.content.get("text", "")).encode()
    try:
        return Path(folder, path).read_bytes()
    except OSError as error:
        raise RefusedError(f"the asset '{path}' cannot be read: {error.strerror}") from error
