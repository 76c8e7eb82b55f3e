"""The list of contents of planning: each step takes the network and what was computed before it."""

from config.network import Network
from plan.addresses import build_addresses
from plan.devices import DeviceParts, build_devices
from plan.flows import build_flows
from plan.management import build_management
from plan.model import Plan
from plan.names import build_dnsmasq
from plan.nat import build_nat
from plan.policies import build_policies
from plan.routes import build_routes
from plan.rules import build_rulesets, surroundings
from plan.sheets import build_router_sheets, build_switch_sheets
from plan.tenants import build_cluster, build_tenants
from plan.tunnels import build_mesh


def build_plan(network: Network) -> Plan:
    """Compute everything that a network comes to; the same network gives the same plan."""
    addresses = build_addresses(network)
    mesh = build_mesh(network, addresses)
    flows = build_flows(network, addresses, mesh)
    nat = build_nat(network, addresses, mesh, flows)
    management = build_management(network, addresses, mesh)
    rulesets = build_rulesets(network, addresses, mesh, flows, nat, management)
    routes = build_routes(network, addresses, mesh)
    dnsmasq = build_dnsmasq(network, addresses, mesh)
    policies = build_policies(network, surroundings(network, addresses, mesh, nat), flows)
    return Plan(
        network=network,
        addresses=addresses,
        mesh=mesh,
        flows=flows,
        tenants=build_tenants(network, policies),
        cluster=build_cluster(network, addresses, mesh, flows),
        devices=build_devices(
            network, addresses, mesh, DeviceParts(routes, rulesets, dnsmasq, management)
        ),
        router_sheets=build_router_sheets(network, addresses, mesh, flows),
        switch_sheets=build_switch_sheets(network, addresses),
    )
