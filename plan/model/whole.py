"""The whole network, computed."""

from msgspec import Struct

from config.network import Network
from plan.model.addresses import Addresses
from plan.model.cluster import ClusterPlan, TenantPlan
from plan.model.device import DevicePlan
from plan.model.flows import PlannedFlow
from plan.model.mesh import Mesh
from plan.model.sheets import RouterSheet, SwitchSheet
from terms.values import DeviceRef


class Plan(Struct, frozen=True):
    """The whole network, computed; nothing in it changes afterwards."""

    network: Network
    addresses: Addresses
    mesh: Mesh
    flows: tuple[PlannedFlow, ...]
    tenants: tuple[TenantPlan, ...]
    cluster: ClusterPlan | None
    # Managed devices, in the order of (site id, name).
    devices: tuple[DevicePlan, ...]
    router_sheets: tuple[RouterSheet, ...]
    switch_sheets: tuple[SwitchSheet, ...]

    def device(self, ref: DeviceRef) -> DevicePlan | None:
        """The plan of that managed device, or None where it is not managed."""
        return next((device for device in self.devices if device.ref == ref), None)
