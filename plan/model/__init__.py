"""The frozen results of planning, in the order in which they are computed."""

from plan.model.addresses import Addresses, Host, InterfaceKind, L3Interface, PlannedPrefix
from plan.model.client import ClientProfile, ClientRoute
from plan.model.cluster import ClusterPlan, PolicyPeer, PolicyPlan, PolicyRule, TenantPlan
from plan.model.device import DevicePlan
from plan.model.flows import Origin, Party, PartyKind, PlannedFlow, PodSet, ServiceEnd
from plan.model.mesh import (
    LinkKind,
    ManagementPath,
    Mesh,
    MtuStep,
    Peer,
    PeerEnd,
    Route,
    SiteLink,
    WireguardInterface,
)
from plan.model.naming import DhcpRange, DhcpRelay, DhcpReservation, Dnsmasq, DnsRecord
from plan.model.sheets import (
    RouterSheet,
    SheetForward,
    SheetRelay,
    SheetRoute,
    SwitchPort,
    SwitchSheet,
)
from plan.model.whole import Plan

__all__ = [
    "Addresses",
    "ClientProfile",
    "ClientRoute",
    "ClusterPlan",
    "DevicePlan",
    "DhcpRange",
    "DhcpRelay",
    "DhcpReservation",
    "DnsRecord",
    "Dnsmasq",
    "Host",
    "InterfaceKind",
    "L3Interface",
    "LinkKind",
    "ManagementPath",
    "Mesh",
    "MtuStep",
    "Origin",
    "Party",
    "PartyKind",
    "Peer",
    "PeerEnd",
    "Plan",
    "PlannedFlow",
    "PlannedPrefix",
    "PodSet",
    "PolicyPeer",
    "PolicyPlan",
    "PolicyRule",
    "Route",
    "RouterSheet",
    "ServiceEnd",
    "SheetForward",
    "SheetRelay",
    "SheetRoute",
    "SiteLink",
    "SwitchPort",
    "SwitchSheet",
    "TenantPlan",
    "WireguardInterface",
]
