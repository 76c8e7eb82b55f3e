"""The cluster that a provider is configured for: reached once, when it is first needed."""

from __future__ import annotations

import threading

from engine.cluster.connection import connect, is_offline
from engine.cluster.objects import Objects
from engine.cluster.refusals import ClusterError, RefusalError


class Access:
    """One way to one cluster; asked from several threads, it is reached once, or not at all."""

    def __init__(self, kubeconfig: str, context: str = "") -> None:
        self._kubeconfig = kubeconfig
        self._context = context
        self._lock = threading.Lock()
        self._found: Objects | ClusterError | None = None
        self._told = False

    @property
    def is_offline(self) -> bool:
        """Whether no cluster is meant: then everything is previewed as it is described."""
        try:
            return is_offline(self._kubeconfig)
        except ClusterError:
            return False

    def tells_once(self) -> bool:
        """Whether this is the first to tell of a cluster that cannot be reached."""
        with self._lock:
            first, self._told = not self._told, True
        return first

    def objects(self) -> Objects:
        """The objects of the cluster. Raises ClusterError, the same one each time."""
        with self._lock:
            if self._found is None:
                self._found = self._reach()
        if isinstance(self._found, ClusterError):
            raise self._found
        return self._found

    def _reach(self) -> Objects | ClusterError:
        try:
            connection = connect(self._kubeconfig, self._context)
            connection.reach()
        except RefusalError as error:
            return ClusterError(f"the API server refuses the user of the kubeconfig: {error}")
        except ClusterError as error:
            return error
        return Objects(connection)
