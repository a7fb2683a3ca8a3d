import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from monitoring.alert_models import Alert, AlertMute, AlertThreshold
from monitoring.alerts.stream_alerts import note_streams
from onboarding.models.integration import Integration
from portal.command_line import CommandFailed
from tests.monitoring.alerts.conftest import SILENT, reading
from tests.monitoring.reports.conftest import cloudwatch

pytestmark = pytest.mark.django_db
__all__ = ["cloudwatch"]


@pytest.fixture
def alert(integration: Integration, clean_redis: str) -> Alert:
    now = timezone.now()
    note_streams([reading(integration, SILENT, now)], now=now)
    return Alert.objects.get()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    call_command("alert", *arguments, "--tenant", "northwind", "--json")
    return json.loads(capsys.readouterr().out)


def test_alerts_are_listed_with_message_value_and_threshold(alert: Alert, capsys) -> None:
    [row] = run(capsys, "list")["alerts"]
    assert (row["uid"], row["kind"], row["state"], row["title"]) == (
        alert.uid,
        "silence",
        "open",
        "Silence: sluice-sensors",
    )
    assert (row["value"], row["threshold"], row["unit"], row["muted_until"]) == (20, 10, "minutes", None)
    assert row["message"]["code"] == "alert.silence"
    assert run(capsys, "list", "--state", "closed") == {"alerts": []}
    call_command("alert", "list", "--tenant", "northwind")
    assert alert.uid in capsys.readouterr().out


def test_an_alert_is_acknowledged_and_muted(alert: Alert, integration: Integration, capsys) -> None:
    assert run(capsys, "acknowledge", alert.uid, "--note", "Ticket 7")["state"] == "acknowledged"
    until = (timezone.now() + timedelta(days=1)).isoformat()
    answer = run(capsys, "mute", "--alert", alert.uid, "--until", until, "--reason", "Drill")
    assert AlertMute.objects.get(uid=answer["mute"]).alert == alert
    named = ("--stream", integration.name, "--kind", "silence")
    assert run(capsys, "mute", *named, "--until", until, "--reason", "Drill")["ends_at"] == until
    assert run(capsys, "list")["alerts"][0]["muted_until"] == until


MUTE = ("mute", "--reason", "Drill", "--stream", "sluice-sensors", "--kind", "silence")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("acknowledge", "nothing"), "alert.unknown"),
        ((*MUTE, "--until", "2020-01-01"), "alert.mute_in_the_past"),
        ((*MUTE, "--until", "2999-01-01"), "alert.mute_too_long"),
        ((*MUTE, "--until", "soon"), "alert.not_a_time"),
        ((*MUTE, "--kind", "connection_broken", "--until", "2999-01-01"), "alert.kind_unknown"),
        ((*MUTE, "--stream", "nothing", "--until", "2999-01-01"), "command.integration_unknown"),
        (("threshold", "--kind", "silence", "--value", "0"), "alert.out_of_bounds"),
        (("threshold", "--kind", "silence", "--value", "ten"), "alert.not_a_number"),
    ],
)
def test_bad_input_fails_with_its_code(alert: Alert, arguments: tuple[str, ...], code: str) -> None:
    with pytest.raises(CommandFailed) as failed:
        call_command("alert", *arguments, "--tenant", "northwind", "--json")
    assert [error["code"] for error in failed.value.errors] == [code]


def test_a_threshold_is_set_switched_off_and_left_to_the_default(alert: Alert, capsys) -> None:
    assert run(capsys, "threshold")["silence"] == {"value": 10, "unit": "minutes", "source": "default"}
    of_kind = ("threshold", "--kind", "silence")
    assert run(capsys, *of_kind, "--value", "30")["silence"]["value"] == 30
    own = (*of_kind, "--stream", "sluice-sensors")
    assert run(capsys, *own, "--value", "off")["silence"] == {"value": None, "unit": "minutes", "source": "stream"}
    assert run(capsys, *own, "--value", "default")["silence"]["source"] == "tenant"
    assert AlertThreshold.objects.get().value == 30


def test_alarms_are_printed_for_a_stream_and_for_an_account(integration: Integration, capsys) -> None:
    call_command("alert", "export", "--tenant", "northwind", "--stream", integration.uid, "--format", "terraform")
    of_stream = capsys.readouterr().out
    assert "aws_cloudwatch_metric_alarm" in of_stream
    at = ("--account", "111122223333", "--region", "eu-west-1")
    assert json.loads(run(capsys, "export", *at, "--format", "grafana")["text"])["tags"] == ["sluice"]
    with pytest.raises(CommandFailed, match="no running streams"):
        call_command("alert", "export", "--tenant", "northwind", *at[:3], "us-east-1", "--format", "grafana")
    integration.state = "draft"
    integration.save()
    with pytest.raises(CommandFailed, match="no running stream"):
        run(capsys, "export", "--stream", integration.uid, "--format", "grafana")


def test_a_report_is_printed_of_a_month_that_is_over(integration: Integration, capsys, cloudwatch) -> None:
    cloudwatch()
    found = run(capsys, "report", "--month", "2026-10")
    assert (found["is_stored"], found["totals"]["records"]) == (False, 744)
    call_command("alert", "report", "--tenant", "northwind", "--month", "2026-10")
    assert "744 records, 1.5 MiB in 1 of 1 streams" in capsys.readouterr().out
    with pytest.raises(CommandFailed, match="is not over"):
        run(capsys, "report", "--month", "2099-01")
