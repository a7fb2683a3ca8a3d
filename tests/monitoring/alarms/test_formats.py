"""Every format says the same: parsed by its own tool, and accepted by CloudWatch as moto has it."""

import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml

from monitoring.alarms.alarm import Condition
from monitoring.alarms.cloudformation import MOST_RESOURCES, settings_of
from monitoring.alarms.contents import CannotExport, Contents
from monitoring.alarms.dashboard import dashboard_body
from monitoring.alarms.formats import FORMATS, rendered
from portal.aws.session import AwsSession
from portal.messages.catalogue import text_of
from tests.monitoring.alarms.conftest import SHARDS, contents, stream, thresholds
from tests.portal.aws.role_files import unquoted

CFN_LINT = [sys.executable, "-c", "import sys; from cfnlint import runner; sys.exit(runner.main())"]
CHOSEN = {"writes_throttled": 7, "write_usage": 66, "silence": 90, "iterator_age": 3, "freshness": 31}
HOSTILE = "x\"; ${aws:secret} %{if true} $datasource [[bad]] \n\\ '</script> !Sub é"


def text(found: Contents, form: str) -> str:
    return rendered(found, form)[1]


def template(found: Contents) -> dict[str, Any]:
    return yaml.safe_load(text(found, "cloudformation"))


def of_template(found: Contents, kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template(found)["Resources"].values() if each["Type"] == kind]


def of_terraform(found: Contents, kind: str) -> list[dict[str, Any]]:
    listed = []
    for block in hcl2.load(io.StringIO(text(found, "terraform")))["resource"]:
        [(name, labelled)] = [(unquoted(key), value) for key, value in block.items() if not key.startswith("__")]
        if name == kind:
            listed += [value for key, value in labelled.items() if not key.startswith("__")]
    return listed


def plain(value: Any) -> Any:
    return unquoted(value) if isinstance(value, str) else value


def test_the_template_passes_the_linter(tmp_path: Path) -> None:
    file = tmp_path / "alarms.yaml"
    file.write_text(text(contents(), "cloudformation"))
    done = subprocess.run([*CFN_LINT, str(file)], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout


def test_template_and_page_agree() -> None:
    """The alarms are the conditions of the page, one for each threshold that is not off."""
    found = contents(chosen=thresholds(**CHOSEN, delivery_failing=None))
    alarms = {alarm["AlarmName"]: alarm for alarm in of_template(found, "AWS::CloudWatch::Alarm")}
    shown = {condition.name: condition for condition in found.conditions if condition.chosen is not None}
    assert alarms.keys() == shown.keys()
    for name, condition in shown.items():
        assert condition.chosen == CHOSEN[condition.kind.value]
        assert text_of(condition.rule.threshold_text(condition.chosen)) in alarms[name]["AlarmDescription"]
        assert alarms[name]["Threshold"] == condition.threshold
        assert (alarms[name]["EvaluationPeriods"], alarms[name]["DatapointsToAlarm"]) == (
            condition.periods,
            condition.datapoints,
        )
        assert alarms[name]["AlarmActions"] == alarms[name]["OKActions"]


def test_terraform_says_what_the_template_says() -> None:
    found = contents()
    alarms = {plain(alarm["alarm_name"]): alarm for alarm in of_terraform(found, "aws_cloudwatch_metric_alarm")}
    for settings in of_template(found, "AWS::CloudWatch::Alarm"):
        alarm = alarms.pop(settings["AlarmName"])
        pairs = {
            "alarm_description": "AlarmDescription",
            "comparison_operator": "ComparisonOperator",
            "threshold": "Threshold",
            "evaluation_periods": "EvaluationPeriods",
            "datapoints_to_alarm": "DatapointsToAlarm",
            "treat_missing_data": "TreatMissingData",
        }
        assert {ours: plain(alarm[ours]) for ours in pairs} == {ours: settings[aws] for ours, aws in pairs.items()}
        if "Metrics" not in settings:
            assert plain(alarm["metric_name"]) == settings["MetricName"]
            assert dimensions(alarm) == {each["Name"]: each["Value"] for each in settings["Dimensions"]}
            continue
        for query, asked in zip(alarm["metric_query"], settings["Metrics"], strict=True):
            assert plain(query["id"]) == asked["Id"]
            if "Expression" in asked:
                assert plain(query["expression"]) == asked["Expression"]
            else:
                [metric] = query["metric"]
                wanted = asked["MetricStat"]["Metric"]
                assert plain(metric["metric_name"]) == wanted["MetricName"]
                assert dimensions(metric) == {each["Name"]: each["Value"] for each in wanted["Dimensions"]}
    assert not alarms


def dimensions(block: dict[str, Any]) -> dict[str, str]:
    return {plain(name): plain(value) for name, value in block["dimensions"].items()}


def test_terraform_is_formatted_as_terraform_formats_it(tmp_path: Path) -> None:
    file = tmp_path / "alarms.tf"
    file.write_text(text(contents(), "terraform"))
    assert "\t" not in file.read_text()
    heads = re.findall(r"^(resource|variable|output|provider|locals|terraform)\b", file.read_text(), re.MULTILINE)
    assert heads.count("resource") == 2 + len(contents().alarms)


def test_cloudwatch_accepts_every_alarm_and_the_dashboard(aws: AwsSession) -> None:
    client, found = aws.client("cloudwatch"), contents()
    for alarm in found.alarms:
        client.put_metric_alarm(**settings_of(alarm), AlarmActions=["arn:aws:sns:eu-west-1:111122223333:t"])
    kept = {alarm["AlarmName"]: alarm for alarm in client.describe_alarms()["MetricAlarms"]}
    for alarm in found.alarms:
        assert kept[alarm.name]["Threshold"] == alarm.threshold
        assert kept[alarm.name]["TreatMissingData"] == alarm.missing
    [(name, streams)] = found.dashboards
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name)
    client.put_dashboard(DashboardName=name, DashboardBody=json.dumps(dashboard_body(found, streams)))
    assert json.loads(client.get_dashboard(DashboardName=name)["DashboardBody"]) == dashboard_body(found, streams)


def test_a_dashboard_draws_every_condition_with_its_exact_dimensions() -> None:
    [body] = of_template(contents(), "AWS::CloudWatch::Dashboard")
    widgets = json.loads(body["DashboardBody"])["widgets"]
    drawn = [tuple(line[:-1]) for widget in widgets for line in widget["properties"].get("metrics", ())]
    for condition in contents().conditions:
        for metric in condition.metrics:
            flat = [part for pair in metric.dimensions for part in pair]
            assert (metric.namespace, metric.name, *flat) in drawn
    assert len(widgets) <= 500
    for widget in widgets:
        lines = widget["properties"].get("metrics", [])
        identifiers = [line[-1]["id"] for line in lines]
        assert len(set(identifiers)) == len(identifiers) <= 500
        assert all(re.fullmatch(r"[a-z][a-zA-Z0-9_]*", identifier) for identifier in identifiers)
        for line in lines:
            used = set(re.findall(r"\b(?:records|bytes|delivered|failed)\d+", line[-1].get("expression", "")))
            assert used <= set(identifiers)


def test_grafana_reads_the_same_metrics_through_a_variable() -> None:
    dashboard = json.loads(text(contents(chosen=thresholds(iterator_age=3)), "grafana"))
    assert [row["name"] for row in dashboard["templating"]["list"]] == ["datasource"]
    targets = [target for panel in dashboard["panels"] for target in panel["targets"]]
    assert {target["datasource"]["uid"] for target in targets} == {"${datasource}"}
    assert {target["region"] for target in targets} == {"eu-west-1"}
    read = {(target["metricName"], *target["dimensions"].items()) for target in targets if "metricName" in target}
    conditions = contents().conditions
    assert read == {(metric.name, *metric.dimensions) for each in conditions for metric in each.metrics}
    [age] = [panel for panel in dashboard["panels"] if panel["title"] == "sluice-sensors: Iterator age (ms)"]
    assert age["fieldConfig"]["defaults"]["thresholds"]["steps"][-1] == {"color": "red", "value": 180_000}


@pytest.mark.parametrize("form", FORMATS)
def test_each_file_says_what_it_leaves_out_and_what_it_costs(form: str) -> None:
    found = text(contents(), form)
    for part in ("no expected hours", "Connection broken", "About 4.40 USD a month", "Region eu-west-1"):
        assert part in found, part


def test_hostile_names_stay_text() -> None:
    found = contents(stream(HOSTILE))
    names = {alarm["AlarmName"] for alarm in of_template(found, "AWS::CloudWatch::Alarm")}
    assert names == {condition.name for condition in found.alarms}
    configuration = text(found, "terraform")
    assert len(of_terraform(found, "aws_cloudwatch_metric_alarm")) == len(found.alarms)
    assert "${aws" not in configuration.replace("$${", "")
    assert "%{if" not in configuration.replace("%%{", "")
    dashboard = text(found, "grafana")
    assert set(re.findall(r"\$\{?\w+\}?", dashboard)) == {"${datasource}"}
    assert "[[" not in dashboard
    json.loads(dashboard)


def test_what_cloudformation_would_refuse_is_refused_with_a_way_out() -> None:
    [only] = contents().streams
    many = replace(contents(), streams=(only,) * (MOST_RESOURCES // len(only.conditions) + 1))
    # The same labels would be one resource: each stream has a name of its own.
    streams = tuple(
        replace(each_stream, conditions=tuple(renamed(each, number) for each in each_stream.conditions))
        for number, each_stream in enumerate(many.streams)
    )
    with pytest.raises(CannotExport) as refused:
        text(replace(many, streams=streams), "cloudformation")
    assert refused.value.message.code == "alarm.too_many_resources"
    assert text(replace(many, streams=streams), "terraform")


def renamed(condition: Condition, number: int) -> Condition:
    return replace(condition, stream=f"{condition.stream}-{number}")


def test_dashboards_hold_forty_streams_each() -> None:
    [only] = contents().streams
    found = replace(contents(), streams=(only,) * 81)
    assert [(name[-2:], len(streams)) for name, streams in found.dashboards] == [("-1", 40), ("-2", 40), ("-3", 1)]
    for _, streams in found.dashboards:
        assert len(dashboard_body(found, streams)["widgets"]) <= 500
        assert len(SHARDS) < 10
