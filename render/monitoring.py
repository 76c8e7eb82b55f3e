"""Weave Net's metrics -> what Prometheus finds them by, and a dashboard for Grafana."""

import json
from itertools import count

from render.manifest import (
    CONFIG_MAP,
    MANAGED_LABEL,
    MANAGER,
    SERVICE,
    Fields,
    Json,
    Manifest,
    Meta,
)

METRICS_NAME = "weave-net-metrics"
DASHBOARD_NAME = "weave-net-dashboard"
ROUTER_PORT, CONTROLLER_PORT = 6782, 6781
# By which the sidecar of Grafana's own chart finds dashboards.
DASHBOARD_LABEL = "grafana_dashboard"

_WIDTH, _HEIGHT, _COLUMNS = 12, 8, 2
# Title, query, unit; the names are those that router and controller of 2.9.0 use.
_PANELS = (
    ("Connections by state", "sum by (state) (weave_connections)", "short"),
    ("Connections on the slow path", 'sum(weave_connections{type="sleeve"}) or vector(0)', "short"),
    (
        "Packets that policies refused",
        "sum by (node) (rate(weavenpc_blocked_connections_total[5m]))",
        "cps",
    ),
    ("Policies that could not be enforced", "sum(weavenpc_policy_enforcement_errors)", "short"),
    ("Addresses in use", "sum(weave_ips) / max(weave_max_ips)", "percentunit"),
    ("Addresses of nodes that are gone", "max(weave_ipam_unreachable_percentage)", "percent"),
    ("Flows in the kernel", "sum by (node) (weave_flows)", "short"),
    ("Nodes that answer", 'sum(up{job=~".*weave.*"})', "short"),
)


def render_monitoring(namespace: str, selector: Fields) -> tuple[Manifest, ...]:
    """A Service without an address for the ports of both programs, and the dashboard."""
    annotations = {"prometheus.io/scrape": "true"}
    meta = Meta(METRICS_NAME, namespace, {MANAGED_LABEL: MANAGER}, annotations)
    ports: list[Json] = [
        {"name": "router", "protocol": "TCP", "port": ROUTER_PORT, "targetPort": ROUTER_PORT},
        {
            "name": "policies",
            "protocol": "TCP",
            "port": CONTROLLER_PORT,
            "targetPort": CONTROLLER_PORT,
        },
    ]
    spec: Fields = {
        "type": "ClusterIP",
        # One address for all would answer with the numbers of any one node.
        "clusterIP": "None",
        "selector": selector,
        "ports": ports,
    }
    shown = Meta(DASHBOARD_NAME, namespace, {MANAGED_LABEL: MANAGER, DASHBOARD_LABEL: "1"})
    text = json.dumps(_dashboard(), indent=2, sort_keys=True)
    return (
        Manifest(SERVICE, meta, None, {"spec": spec}),
        Manifest(CONFIG_MAP, shown, None, {"data": {"weave-net.json": text}}),
    )


def _dashboard() -> dict[str, Json]:
    source = {"type": "prometheus", "uid": "${source}"}
    choice: Json = {"name": "source", "type": "datasource", "query": "prometheus", "label": "From"}
    numbered = zip(count(), _PANELS, strict=False)
    return {
        "uid": "la1r-weave-net",
        "title": "Weave Net",
        "tags": [MANAGER],
        "schemaVersion": 39,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [choice]},
        "panels": [_panel(number, panel, source) for number, panel in numbered],
    }


def _panel(number: int, panel: tuple[str, str, str], source: Fields) -> Json:
    title, query, unit = panel
    row, column = divmod(number, _COLUMNS)
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": title,
        "datasource": source,
        "gridPos": {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [{"refId": "A", "datasource": source, "expr": query}],
    }
