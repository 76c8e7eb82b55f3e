"""A planned and rendered network -> all of its components, in the order in which they depend."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.connection import WayIn, find_way_in
from components.description import Secrets
from components.manifests import declare_provider
from components.site import DevicePart, Site, SitePart
from components.tenant import Tenant
from components.vpn_mesh import MeshPart, VpnMesh
from components.weave_cluster import KeyPlace, WeaveCluster
from config.references import resolve_device
from plan.model import DevicePlan, Plan
from render.manifest import Manifest
from render.whole import RenderedNetwork
from terms.values import DeviceRef

MESH_NAME = "vpn"

Outputs = dict[str, pulumi.Input[object]]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What every component is declared from."""

    plan: Plan
    rendered: RenderedNetwork
    ways_in: Mapping[DeviceRef, WayIn]
    options: pulumi.ResourceOptions


def declare_network(
    plan: Plan,
    rendered: RenderedNetwork,
    secrets: Secrets,
    left_out: Collection[str] = (),
) -> Outputs:
    """Declare every resource of the network; returns what a person wants to read off the stack.

    `left_out` names devices that stay as they were deployed last.
    """
    declaration = Declaration(
        plan=plan,
        rendered=rendered,
        ways_in={
            device.ref: find_way_in(plan, device.ref, left_out=str(device.ref) in left_out)
            for device in plan.devices
        },
        # Children take it over from their component.
        options=pulumi.ResourceOptions(protect=plan.network.network.protect or None),
    )
    mesh = _declare_mesh(declaration)
    changes = _declare_sites(declaration, mesh)
    place = _find_key_place(declaration, changes)
    declare_cluster(plan, rendered.manifests, secrets, declaration.options, place)
    return _list_outputs(plan, mesh.list_public_keys() if mesh else {})


def declare_cluster(
    plan: Plan,
    manifests: Sequence[Manifest],
    secrets: Secrets,
    options: pulumi.ResourceOptions,
    key_place: KeyPlace | None = None,
) -> None:
    """Declare Weave Net and the tenants of the network's cluster; nothing where there is none.

    An encrypted pod network whose password is not given has it made at `key_place`.
    """
    cluster = plan.network.cluster
    if cluster is None:
        return
    provider = declare_provider(cluster, secrets.kubeconfig, options)
    inside = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(providers=[provider]))
    owned: dict[str | None, list[Manifest]] = {}
    for manifest in manifests:
        owned.setdefault(manifest.tenant, []).append(manifest)
    password = key_place if secrets.weave_password is None else secrets.weave_password
    weave = WeaveCluster(cluster.name, owned.pop(None, []), password, inside)
    for tenant, of_tenant in owned.items():
        Tenant(str(tenant), of_tenant, weave.ready, inside)


def group_far_first(devices: Iterable[DevicePlan]) -> tuple[tuple[DeviceRef, ...], ...]:
    """The devices in groups of equal distance from the operator, the farthest first."""
    groups: dict[int, list[DeviceRef]] = {}
    for device in devices:
        groups.setdefault(device.management.distance, []).append(device.ref)
    return tuple(tuple(groups[distance]) for distance in sorted(groups, reverse=True))


def group_sites(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """Sites in groups by their device nearest to the operator, the farthest first.

    A site without managed devices changes nothing and comes with the last.
    """
    nearest = dict.fromkeys(plan.network.sites, 0)
    for device in sorted(plan.devices, key=lambda each: -each.management.distance):
        nearest[device.ref.site] = device.management.distance
    groups: dict[int, list[str]] = {}
    for site, distance in nearest.items():
        groups.setdefault(distance, []).append(site)
    return tuple(tuple(groups[distance]) for distance in sorted(groups, reverse=True))


def _declare_mesh(declaration: Declaration) -> VpnMesh | None:
    plan = declaration.plan
    if not plan.mesh.interfaces:
        return None
    part = MeshPart(
        mesh=plan.mesh,
        ways_in=declaration.ways_in,
        order=group_far_first(plan.devices),
        generations={d.ref: declaration.rendered.generation(d.ref) for d in plan.devices},
    )
    return VpnMesh(MESH_NAME, part, declaration.options)


def _declare_sites(
    declaration: Declaration, mesh: VpnMesh | None
) -> dict[DeviceRef, pulumi.Resource]:
    """Declare every site; gives the change of each device."""
    changes: dict[DeviceRef, pulumi.Resource] = {}
    keys = mesh.keys if mesh else {}
    before: list[pulumi.Resource] = [*mesh.answered] if mesh else []
    for group in group_sites(declaration.plan):
        sites = [
            Site(name, _site_part(declaration, name, keys), before, declaration.options)
            for name in group
        ]
        made = {device: change for site in sites for device, change in site.applied.items()}
        before = list(made.values()) or before
        changes |= made
    return changes


def _find_key_place(
    declaration: Declaration, changes: Mapping[DeviceRef, pulumi.Resource]
) -> KeyPlace | None:
    """The first node that runs the API server, once it is as described: only then is it reached."""
    network = declaration.plan.network
    if network.cluster is None or not network.cluster.weave.encryption:
        return None
    runs_api = (name for name, node in network.cluster.nodes.items() if node.control_plane)
    devices = (resolve_device(network, name) for name in runs_api)
    device = next((device for device in devices if device in changes), None)
    return None if device is None else KeyPlace(declaration.ways_in[device], changes[device])


def _site_part(
    declaration: Declaration, site: str, keys: Mapping[DeviceRef, pulumi.Resource]
) -> SitePart:
    devices = [device for device in declaration.plan.devices if device.ref.site == site]
    sheets = declaration.rendered.sheets.items()
    return SitePart(
        devices=tuple(
            DevicePart(
                way_in=declaration.ways_in[device.ref],
                text=declaration.rendered.bundle(device.ref),
                distance=device.management.distance,
                after=(keys[device.ref],) if device.ref in keys else (),
            )
            for device in devices
        ),
        sheets={ref.device: sheet for ref, sheet in sheets if ref.site == site},
    )


def _list_outputs(plan: Plan, public_keys: Mapping[str, pulumi.Output[str]]) -> Outputs:
    return {
        "publicKeys": dict(public_keys),
        "endpoints": _list_endpoints(plan, public_keys),
        "links": [
            {"sites": [link.a, link.b], "kind": link.kind.value, "relay": link.relay}
            for link in plan.mesh.links
        ],
    }


def _list_endpoints(plan: Plan, public_keys: Mapping[str, pulumi.Output[str]]) -> Outputs:
    """What a client needs to dial each VPN endpoint."""
    found: Outputs = {}
    for interface in plan.mesh.interfaces:
        if interface.endpoint is None:
            continue
        record = plan.network.vpn.endpoints[interface.endpoint]
        circuit = plan.network.sites[interface.device.site].circuit
        found[interface.endpoint] = {
            "host": record.host or circuit.endpoint,
            "port": record.port,
            "addresses": str(record.cidr),
            "publicKey": public_keys[f"{interface.device}/{interface.name}"],
        }
    return found
