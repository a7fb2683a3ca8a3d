"""`manage.py stream diagnose` needs no worker, keeps its results, and fails where there is a problem."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from onboarding.models.diagnosis import Diagnosis
from onboarding.models.integration import Integration
from portal.aws.session import AwsSession
from portal.command_line import CommandFailed
from tests.monitoring.conftest import aws, live_integration
from tests.monitoring.diagnosis.reports import stored

__all__ = ["aws"]
pytestmark = pytest.mark.django_db(transaction=True)


def printed(*arguments: str) -> str:
    out = io.StringIO()
    with pytest.raises(CommandFailed, match="The diagnosis found a problem"):
        call_command("stream", "diagnose", *arguments, stdout=out)
    return out.getvalue()


def test_it_prints_the_first_cause_and_keeps_what_it_found(integration: Integration, kinesis, aws: AwsSession) -> None:
    kinesis.delete_stream(StreamName="sluice-sensors")
    found = json.loads(printed("sluice-sensors", "--tenant", "northwind", "--json"))
    assert found["first_cause"] == "stream"
    checks = {check["check"]: check for check in found["checks"]}
    assert (checks["stream"]["turn"], checks["stream"]["fix"]) == ("client", "drift")
    assert checks["stream"]["cause"]["code"] == "diagnosis.stream_deleted"
    assert checks["records"]["result"] == "not_applicable"
    assert Diagnosis.objects.get().results["requested_by"] == "command line"


def test_the_text_is_what_a_support_ticket_needs(integration: Integration, kinesis, aws: AwsSession) -> None:
    kinesis.delete_stream(StreamName="sluice-sensors")
    stored(integration)
    other = live_integration(integration.tenant, "sluice-other", account="444455556666")
    text = printed(integration.uid, "--tenant", "northwind")
    assert "First cause: Data stream sluice-sensors does not exist in eu-west-1." in text
    assert "Whose turn: The client" in text
    assert "4. Data stream: Problem" in text
    assert other.uid not in text
    assert "444455556666" not in text
    assert integration.connection is not None
    assert integration.connection.external_id not in text
    assert Diagnosis.objects.count() == 1, "the earlier results are replaced"


def test_an_integration_without_a_stream_is_refused(integration: Integration, aws: AwsSession) -> None:
    Integration.objects.update(state="removing")
    with pytest.raises(CommandError, match="There is no data stream to read"):
        call_command("stream", "diagnose", "sluice-sensors", "--tenant", "northwind", stdout=io.StringIO())
