"""The dashboard as CloudWatch takes it: a row of graphs for each stream.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Iterator, Sequence
from typing import Any

from monitoring.alarms.contents import Contents, ExportedStream
from monitoring.alarms.panels import Panel, panels_of
from portal.messages.catalogue import text_of
from portal.messages.message import Message

_WIDTH, _HEIGHT, _IN_A_ROW = 8, 6, 3


def dashboard_body(contents: Contents, streams: Sequence[ExportedStream]) -> dict[str, Any]:
    """Return the body of a dashboard of these streams."""
    markdown = text_of(Message("alarm.made_by"))
    widgets = [_widget(0, 0, 24, 1, "text", {"markdown": markdown})]
    y = 1
    for stream in streams:
        panels = panels_of(stream)
        for place, panel in enumerate(panels):
            x, row = place % _IN_A_ROW * _WIDTH, y + place // _IN_A_ROW * _HEIGHT
            widgets.append(_widget(x, row, _WIDTH, _HEIGHT, "metric", _graph(panel, contents.region)))
        y += -(-len(panels) // _IN_A_ROW) * _HEIGHT
    return {"widgets": widgets}


def _widget(x: int, y: int, width: int, height: int, kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "x": x, "y": y, "width": width, "height": height, "properties": properties}


def _graph(panel: Panel, region: str) -> dict[str, Any]:
    label = text_of(Message("alarm.panel_threshold"))
    limit = {"annotations": {"horizontal": [{"label": label, "value": panel.limit}]}} if panel.limit is not None else {}
    return {"title": panel.title, "region": region, "view": "timeSeries", "metrics": list(_metrics(panel)), **limit}


def _metrics(panel: Panel) -> Iterator[list[Any]]:
    for condition, metrics, expression, label in panel.lines():
        for metric in metrics:
            dimensions = [text for pair in metric.dimensions for text in pair]
            shown = {"visible": False} if condition.expression else {"label": label}
            options = {"id": metric.id, "stat": metric.stat, "period": metric.period, **shown}
            yield [metric.namespace, metric.name, *dimensions, options]
        if expression:
            yield [{"expression": expression, "id": f"shown_{metrics[0].id}", "label": label}]
