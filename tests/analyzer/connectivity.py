"""Asks network-config-analyzer who can reach whom: `CASES ANSWERS`, both files of JSON lines.

A case has `objects` (namespaces, pods and policies as Kubernetes writes them) and `addresses`
outside of the cluster. Its answer has `open`, a list of `[source, target, protocol number, first
port, last port]`, and `seconds`, what reading and judging took; or `refused`, where the analyzer
takes the case for wrong. Run by the interpreter that has the analyzer, once for all cases, because
it takes long to start.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from ipaddress import IPv4Address
from pathlib import Path
from time import process_time
from typing import Any

from nca.CoreDS.Peer import BasePeerSet, IpBlock, PeerSet
from nca.NetworkConfig.NetworkConfig import NetworkConfig
from nca.NetworkConfig.NetworkConfigQuery import ConnectivityMapQuery
from nca.NetworkConfig.PeerContainer import PeerContainer
from nca.NetworkConfig.QueryOutputHandler import QueryAnswer
from nca.NetworkConfig.ResourcesHandler import ResourcesParser
from nca.Resources.PolicyResources.NetworkPolicy import PolicyConnectionsFilter
from nca.Utils.NcaLogger import NcaLogger

# ICMP, TCP, UDP and SCTP, and one that no policy can name.
PROTOCOLS = (1, 6, 17, 132, 99)
Entry = tuple[str, str, int, int, int]


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """Everything that the analyzer holds for open in one case."""
    begin = process_time()
    BasePeerSet.reset()
    try:
        config = read(case["objects"])
    except SyntaxError as refusal:
        return {"refused": str(refusal)}
    cubes = ask(config)
    seconds = process_time() - begin
    addresses = [IPv4Address(text) for text in case["addresses"]]
    return {"open": sorted(set(write(cubes, addresses))), "seconds": seconds}


def read(objects: list[dict[str, Any]]) -> NetworkConfig:
    """The case as the analyzer sees it; namespaces first, as it wants them."""
    parser = ResourcesParser()
    parser.pods_finder.namespaces_finder = parser.ns_finder
    for each in objects:
        parser.ns_finder.parse_yaml_code_for_ns(each)
    for each in objects:
        parser.pods_finder.add_eps_from_yaml(each)
    container = parser.build_peer_container("case")
    parser.policies_finder.set_peer_container(container)
    for each in objects:
        parser.policies_finder.parse_yaml_code_for_policy(each, "case")
    parser.policies_finder.parse_policies_in_parse_queue()
    return NetworkConfig("case", container, parser.policies_finder)


def look_for_keys_everywhere() -> None:
    """Mend a mistake of the analyzer (2.1.0, get_peers_with_key).

    It looks for the values of a label in all namespaces that a peer selects, and for its mere key
    in the policy's own alone. Kubernetes makes no such difference (NetworkPolicyPeer: podSelector
    selects in the namespaces that namespaceSelector selects).
    """
    original = PeerContainer.get_peers_with_key

    def anywhere(self: PeerContainer, _namespace: object, key: str, absent: bool) -> PeerSet:
        return original(self, None, key, absent)

    PeerContainer.get_peers_with_key = anywhere


def ask(config: NetworkConfig) -> list[Any]:
    """The connections that the analyzer's own query computes, before they are put into words."""
    found: list[Any] = []

    def compute() -> QueryAnswer:
        only = PolicyConnectionsFilter.only_all_allowed_connections()
        allowed = config.allowed_connections(res_conns_filter=only).all_allowed_conns
        connections = config.filter_conns_by_peer_types(allowed)
        found.extend(connections.get_connectivity_cube(cube) for cube in connections)
        return QueryAnswer(True)

    query = ConnectivityMapQuery(config)
    query.exec = compute
    query.execute_and_compute_output_in_required_format()
    return found


def write(cubes: list[Any], addresses: list[IPv4Address]) -> Iterator[Entry]:
    """The connections pair by pair."""
    for cube in cubes:
        sources = list(names(cube["src_peers"], addresses))
        targets = list(names(cube["dst_peers"], addresses))
        spans = list(ports(cube))
        for source in sources:
            for target in targets:
                yield from ((source, target, *span) for span in spans)


def names(peers: PeerSet, addresses: list[IPv4Address]) -> Iterator[str]:
    """Pods by `namespace/name`, and those of the addresses that are meant."""
    for peer in peers:
        if isinstance(peer, IpBlock):
            yield from (str(address) for address in addresses if holds(peer, address))
        else:
            yield f"{peer.namespace.name}/{peer.name}"


def holds(block: IpBlock, address: IPv4Address) -> bool:
    """Whether one of the ranges of a block holds the address."""
    spans = ((part.start.address, part.end.address) for part in block)
    return any(first.version == 4 and first <= address <= last for first, last in spans)


def ports(cube: Any) -> Iterator[tuple[int, int, int]]:
    """The protocols of a connection with their ports, where they have some."""
    for protocol in PROTOCOLS:
        if protocol not in cube["protocols"]:
            continue
        if protocol in (1, 99):
            yield protocol, 0, 0
            continue
        for span in cube["dst_ports"].port_set:
            yield protocol, span.start, span.end


def main() -> None:
    """Answer all cases."""
    NcaLogger().mute()
    NcaLogger().dont_collect_msgs()
    look_for_keys_everywhere()
    cases, answers = map(Path, sys.argv[1:3])
    # The analyzer reports on what it reads as if it were asked by a person.
    with redirect_stdout(sys.stderr):
        lines = [json.dumps(answer(json.loads(line))) for line in cases.read_text().splitlines()]
    answers.write_text("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
