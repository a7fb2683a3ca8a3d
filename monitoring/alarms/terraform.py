"""The alarms and dashboards as Terraform: resources of the provider hashicorp/aws.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_metric_alarm
"""

from collections.abc import Iterator
from typing import Any

from monitoring.alarms.alarm import Condition, Metric
from monitoring.alarms.contents import Contents, description_of
from monitoring.alarms.dashboard import dashboard_body
from monitoring.alarms.head import comment
from onboarding.export.hcl import Document, Expression, Tags, block
from portal.messages.catalogue import text_of
from portal.messages.message import Message

_PROVIDER = '{ source = "hashicorp/aws", version = ">= 6.20" }'
_ACTIONS = 'var.topic_arn == "" ? aws_sns_topic.alarms[*].arn : [var.topic_arn]'


def terraform(contents: Contents) -> str:
    """Return the configuration, complete."""
    return comment(contents) + "\n" + "\n".join(_blocks(contents))


def _blocks(contents: Contents) -> Iterator[str]:
    yield block("terraform", {"required_providers": {"aws": Expression(_PROVIDER)}})
    yield block('provider "aws"', {"region": contents.region, "allowed_account_ids": [contents.account_id]})
    described = {"type": Expression("string"), "default": "", "description": text_of(Message("alarm.topic"))}
    yield block('variable "topic_arn"', described)
    topic = {"count": Expression('var.topic_arn == "" ? 1 : 0'), "name": contents.name}
    yield block('resource "aws_sns_topic" "alarms"', topic)
    yield block("locals", {"alarm_actions": Expression(_ACTIONS)})
    for alarm in contents.alarms:
        yield block(f'resource "aws_cloudwatch_metric_alarm" "{alarm.label}"', _alarm(alarm))
    for number, (name, streams) in enumerate(contents.dashboards, start=1):
        body = {"dashboard_name": name, "dashboard_body": Document(dashboard_body(contents, streams))}
        yield block(f'resource "aws_cloudwatch_dashboard" "streams_{number}"', body)
    described = {
        "value": Expression("local.alarm_actions"),
        "description": text_of(Message("alarm.topic_created")),
    }
    yield block('output "topic_arn"', described)


def _alarm(alarm: Condition) -> dict[str, Any]:
    actions = Expression("local.alarm_actions")
    return {
        "alarm_name": alarm.name,
        "alarm_description": description_of(alarm),
        "comparison_operator": alarm.comparison,
        "threshold": alarm.threshold,
        "evaluation_periods": alarm.periods,
        "datapoints_to_alarm": alarm.datapoints,
        "treat_missing_data": alarm.missing,
        "alarm_actions": actions,
        "ok_actions": actions,
        **_measured(alarm),
    }


def _measured(alarm: Condition) -> dict[str, Any]:
    if not alarm.expression:
        [metric] = alarm.metrics
        return {**_metric(metric), "statistic": metric.stat}
    retrieved = [
        {"id": metric.id, "return_data": False, "metric": {**_metric(metric), "stat": metric.stat}}
        for metric in alarm.metrics
    ]
    return {"metric_query": [{"id": "measured", "expression": alarm.expression, "return_data": True}, *retrieved]}


def _metric(metric: Metric) -> dict[str, Any]:
    return {
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "period": metric.period,
        "dimensions": Tags(dict(metric.dimensions)),
    }
