"""A dashboard for Grafana, with a variable for the CloudWatch data source.

https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
https://grafana.com/docs/grafana/latest/datasources/aws-cloudwatch/query-editor/
"""

import json
from collections.abc import Iterator
from typing import Any

from monitoring.alarms.contents import Contents
from monitoring.alarms.head import about
from monitoring.alarms.panels import Panel, panels_of
from portal.messages.catalogue import text_of
from portal.messages.message import Message

_SOURCE = {"type": "cloudwatch", "uid": "${datasource}"}
_SCHEMA_VERSION, _WIDTH, _HEIGHT, _IN_A_ROW = 39, 8, 8, 3


def grafana(contents: Contents) -> str:
    """Return the dashboard as JSON that Grafana imports."""
    panels: list[dict[str, Any]] = []
    y = 0
    for stream in contents.streams:
        found = panels_of(stream)
        for place, panel in enumerate(found):
            at = {
                "x": place % _IN_A_ROW * _WIDTH,
                "y": y + place // _IN_A_ROW * _HEIGHT,
                "w": _WIDTH,
                "h": _HEIGHT,
            }
            panels.append({"id": len(panels) + 1, "gridPos": at, **_panel(panel, contents.region)})
        y += -(-len(found) // _IN_A_ROW) * _HEIGHT
    variable = {"name": "datasource", "type": "datasource", "query": "cloudwatch", "label": "CloudWatch", "hide": 0}
    description = [*about(contents), text_of(Message("alarm.dashboards_cost"))]
    dashboard = {
        "uid": None,
        "title": _plain(contents.name),
        "description": _plain("\n".join(description)),
        "tags": ["sluice"],
        "schemaVersion": _SCHEMA_VERSION,
        "editable": True,
        "time": {"from": "now-3h", "to": "now"},
        "refresh": "5m",
        "templating": {"list": [variable]},
        "panels": panels,
    }
    return json.dumps(dashboard, indent=2) + "\n"


def _panel(panel: Panel, region: str) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    is_least = panel.conditions[0].rule.compare == "under"
    if panel.limit is not None:
        steps = [
            {"color": "red" if is_least else "green", "value": None},
            {"color": "green" if is_least else "red", "value": panel.limit},
        ]
    style = {"thresholdsStyle": {"mode": "line" if panel.limit is not None else "off"}}
    return {
        "type": "timeseries",
        "title": _plain(panel.title),
        "datasource": _SOURCE,
        "fieldConfig": {
            "defaults": {"custom": style, "thresholds": {"mode": "absolute", "steps": steps}},
            "overrides": [],
        },
        "targets": list(_targets(panel, region)),
    }


def _targets(panel: Panel, region: str) -> Iterator[dict[str, Any]]:
    number = 0
    for condition, metrics, expression, label in panel.lines():
        for metric in metrics:
            number += 1
            yield {
                **_target(number, region),
                "id": metric.id,
                "hide": bool(condition.expression),
                "metricEditorMode": 0,
                "namespace": metric.namespace,
                "metricName": metric.name,
                "dimensions": {name: _plain(value) for name, value in metric.dimensions},
                "matchExact": True,
                "statistic": metric.stat,
                "period": str(metric.period),
                "label": _plain(label),
            }
        if expression:
            number += 1
            yield {
                **_target(number, region),
                "id": f"shown_{metrics[0].id}",
                "metricEditorMode": 1,
                "expression": expression,
                "period": str(metrics[0].period),
                "label": _plain(label),
            }


def _target(number: int, region: str) -> dict[str, Any]:
    return {
        "refId": f"M{number}",
        "datasource": _SOURCE,
        "queryMode": "Metrics",
        "metricQueryType": 0,
        "region": region,
    }


def _plain(text: str) -> str:
    # These begin a variable of Grafana's, and it has no sign that takes that away. AWS's names have neither.
    return text.replace("$", "").replace("[[", "[")
