"""Everything that a managed device is configured with."""

from msgspec import Struct

from plan.model.addresses import L3Interface
from plan.model.mesh import ManagementPath, Route, WireguardInterface
from plan.model.naming import Dnsmasq
from plan.ruleset import Ruleset
from terms.values import DeviceRef


class DevicePlan(Struct, frozen=True):
    """Everything that a managed device is configured with."""

    ref: DeviceRef
    interfaces: tuple[L3Interface, ...]
    wireguard: tuple[WireguardInterface, ...]
    routes: tuple[Route, ...]
    ruleset: Ruleset
    dnsmasq: Dnsmasq | None
    # Kernel settings as (key, value), in the order of the text.
    sysctl: tuple[tuple[str, str], ...]
    management: ManagementPath
    # Whether it passes packets on between interfaces.
    forwards: bool
    # Whether kube-proxy and Weave Net share its packet filter.
    cluster_node: bool
