"""The alarms and dashboards as a CloudFormation template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
"""

import json
from typing import Any

from monitoring.alarms.alarm import Condition, Metric
from monitoring.alarms.contents import CannotExport, Contents, description_of
from monitoring.alarms.dashboard import dashboard_body
from monitoring.alarms.head import comment
from portal.aws.cloudformation_yaml import as_yaml
from portal.messages.catalogue import text_of
from portal.messages.message import Message

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MOST_RESOURCES, LARGEST_TEMPLATE = 500, 1_000_000
_TOPIC = "(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:.{1,256})?"


def cloudformation(contents: Contents) -> str:
    """Return the template; raises CannotExport for one that CloudFormation would refuse."""
    count = 1 + len(contents.alarms) + len(contents.dashboards)
    if count > MOST_RESOURCES:
        counts = {"resource_count": count, "most_count": MOST_RESOURCES}
        raise CannotExport(Message("alarm.too_many_resources", **counts))
    resources: dict[str, Any] = {"Topic": {"Type": "AWS::SNS::Topic", "Condition": "CreatesTopic"}}
    for alarm in contents.alarms:
        resources[alarm.label.title().replace("_", "")] = _alarm(alarm)
    for number, (name, streams) in enumerate(contents.dashboards, start=1):
        body = json.dumps(dashboard_body(contents, streams), separators=(",", ":"))
        properties = {"DashboardName": name, "DashboardBody": body}
        resources[f"Dashboard{number}"] = {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}
    text = comment(contents) + as_yaml(_template(contents, resources))
    if len(text.encode()) > LARGEST_TEMPLATE:
        sizes = {"size_bytes": len(text.encode()), "most_bytes": LARGEST_TEMPLATE}
        raise CannotExport(Message("alarm.template_too_large", **sizes))
    return text


def _template(contents: Contents, resources: dict[str, Any]) -> dict[str, Any]:
    parameter = {
        "Type": "String",
        "Default": "",
        "AllowedPattern": _TOPIC,
        "Description": text_of(Message("alarm.topic")),
    }
    output = {
        "Condition": "CreatesTopic",
        "Description": text_of(Message("alarm.topic_created")),
        "Value": {"Ref": "Topic"},
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": text_of(Message("alarm.template", name=contents.name))[:1024],
        "Parameters": {"TopicArn": parameter},
        "Conditions": {"CreatesTopic": {"Fn::Equals": [{"Ref": "TopicArn"}, ""]}},
        "Resources": resources,
        "Outputs": {"CreatedTopicArn": output},
    }


def _alarm(alarm: Condition) -> dict[str, Any]:
    actions = [{"Fn::If": ["CreatesTopic", {"Ref": "Topic"}, {"Ref": "TopicArn"}]}]
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {**settings_of(alarm), "AlarmActions": actions, "OKActions": actions},
    }


def settings_of(alarm: Condition) -> dict[str, Any]:
    """Return an alarm as PutMetricAlarm takes it, without its actions."""
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": description_of(alarm),
        "ComparisonOperator": alarm.comparison,
        "Threshold": alarm.threshold,
        "EvaluationPeriods": alarm.periods,
        "DatapointsToAlarm": alarm.datapoints,
        "TreatMissingData": alarm.missing,
        **_measured(alarm),
    }


def _measured(alarm: Condition) -> dict[str, Any]:
    if not alarm.expression:
        [metric] = alarm.metrics
        return {**_metric(metric), "Period": metric.period, "Statistic": metric.stat}
    retrieved = [
        {
            "Id": metric.id,
            "MetricStat": {"Metric": _metric(metric), "Period": metric.period, "Stat": metric.stat},
            "ReturnData": False,
        }
        for metric in alarm.metrics
    ]
    return {"Metrics": [{"Id": "measured", "Expression": alarm.expression, "ReturnData": True}, *retrieved]}


def _metric(metric: Metric) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    return {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}
