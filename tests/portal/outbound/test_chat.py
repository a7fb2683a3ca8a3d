"""A message becomes one request to a host of its service, whatever its address says; apprise connects to nothing."""

import ast
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from portal.outbound import chat
from portal.outbound.chat import HOSTS, ChatMessage, Recorder, Service, Tone, request_of
from portal.outbound.url import AddressRefused, parse

SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
TEAMS = (
    "https://prod-161.westeurope.logic.azure.com:443/workflows/643e69f83c894/triggers/manual/paths/invoke"
    "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODuebWbDGYFr0z0euRj8aUKz7108W3wrNJZxFE5A"
)
POWER = TEAMS.replace("prod-161.westeurope.logic.azure.com", "default01.2f.environment.api.powerplatform.com").replace(
    "/workflows", "/powerautomate/automations/direct/workflows"
)
KEY = "0123456789abcdef0123456789abcdef"
GOOD = {Service.SLACK: SLACK, Service.TEAMS: TEAMS, Service.PAGERDUTY: KEY, Service.PAGERDUTY_EU: KEY}
MESSAGE = ChatMessage(
    "Silence: sluice_a_b", "No records & <!channel> *bold* `x`", Tone.WARNING, "alert-1", "https://portal.example/a"
)


def body_of(service: Service, message: ChatMessage = MESSAGE) -> Any:
    return json.loads(request_of(service, GOOD[service], message).body)


@pytest.mark.parametrize("service", Service)
def test_each_service_gets_one_post_to_its_host(service: Service) -> None:
    request = request_of(service, GOOD[service], MESSAGE)
    host = parse(request.url).host
    assert any(host == each or (each.startswith(".") and host.endswith(each)) for each in HOSTS[service])
    assert "authorization" not in {name.lower() for name in request.headers}
    assert request.headers["User-Agent"] == "Sluice"
    assert "apprise" not in (request.url + request.body.decode() + str(request.headers)).lower()


def test_the_newer_address_of_a_teams_workflow_is_known() -> None:
    assert parse(request_of(Service.TEAMS, POWER, MESSAGE).url).host.endswith(".api.powerplatform.com")


def test_texts_are_text_in_every_service() -> None:
    [attachment] = body_of(Service.SLACK)["attachments"]
    assert attachment["title"] == MESSAGE.title
    assert "<!channel>" not in attachment["text"]
    assert "https://portal.example/a" in attachment["text"]
    texts = [block["text"] for block in body_of(Service.TEAMS)["attachments"][0]["content"]["body"]]
    assert "\\*bold\\*" in texts[1]
    hostile = ChatMessage("[Sign in](https://evil.example) a_b", "x", Tone.INFO, "alert-1")
    title = body_of(Service.TEAMS, hostile)["attachments"][0]["content"]["body"][0]["text"]
    assert title == r"\[Sign in\]\(https://evil.example\) a\_b"


def test_an_alert_is_one_incident_in_pagerduty() -> None:
    opened = body_of(Service.PAGERDUTY)
    assert (opened["event_action"], opened["dedup_key"], opened["routing_key"]) == ("trigger", "alert-1", KEY)
    assert opened["payload"]["severity"] == "warning"
    assert opened["links"] == [{"href": "https://portal.example/a"}]
    closed = body_of(Service.PAGERDUTY, ChatMessage("t", "x", Tone.SUCCESS, "alert-1"))
    assert (closed["event_action"], closed["dedup_key"]) == ("resolve", "alert-1")


@pytest.mark.parametrize(
    ("service", "address"),
    [
        (Service.SLACK, ""),
        (Service.SLACK, "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"),
        (Service.SLACK, SLACK.replace("https", "http")),
        (Service.SLACK, SLACK.replace("hooks.slack.com", "hooks.slack.com.evil.example")),
        (Service.SLACK, SLACK.replace("hooks.slack.com", "hooks.slack-gov.com")),
        (Service.SLACK, SLACK.replace("hooks.slack.com", "user@hooks.slack.com")),
        (Service.SLACK, SLACK.replace("hooks.slack.com", "hooks.slack.com:8443")),
        (Service.SLACK, "https://hooks.slack.com/services/T1JJ3T3L2"),
        (Service.SLACK, "https://169.254.169.254/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"),
        (Service.SLACK, "https://hooks.slack.com/triggers/T1JJ3T3L2/123/abcdef"),
        (Service.SLACK, f"{SLACK}\r\nHost: evil.example"),
        (Service.SLACK, SLACK + "x" * 1000),
        (Service.SLACK, TEAMS),
        (Service.TEAMS, SLACK),
        (Service.TEAMS, TEAMS.replace("azure.com", "azure.evil")),
        (Service.TEAMS, TEAMS.replace(":443", ":8443")),
        (Service.TEAMS, TEAMS.partition("?")[0]),
        (Service.PAGERDUTY, "not a key"),
        (Service.PAGERDUTY, "../" + KEY),
        (Service.PAGERDUTY_EU, f"pagerduty://{KEY}@{KEY}"),
    ],
)
def test_what_is_not_an_address_of_the_service_is_refused(service: Service, address: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        request_of(service, address, MESSAGE)
    assert refused.value.message.code.startswith("chat.not_")
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("more", ["&template=/etc/hostname", "&template=http://169.254.169.254/", "&wrap=no&to=x"])
def test_options_of_the_library_in_an_address_are_not_used(more: str) -> None:
    """A template would be read from a file, or fetched from a server that the address names."""
    request = request_of(Service.TEAMS, TEAMS + more, MESSAGE)
    assert "169.254" not in request.url
    assert request == request_of(Service.TEAMS, TEAMS, MESSAGE)


def test_the_plugins_know_no_other_way_out_than_the_recorder() -> None:
    request_of(Service.SLACK, SLACK, MESSAGE)
    from apprise.plugins import pagerduty, slack, workflows

    for module in (slack, workflows, pagerduty):
        assert isinstance(module.requests, Recorder)
        tree = ast.parse(Path(str(module.__file__)).read_text())
        imported = {
            name.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
        }
        imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
        assert not imported & {"socket", "urllib", "http", "httpx", "urllib3", "smtplib", "ssl", "subprocess"}
    with pytest.raises(RuntimeError):
        Recorder().post("https://evil.example", data="x", headers={})


def test_nothing_of_an_address_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        request_of(Service.SLACK, SLACK, MESSAGE)
        with pytest.raises(AddressRefused):
            request_of(Service.PAGERDUTY, KEY[:-1], MESSAGE)
    assert "TIiajkd" not in caplog.text
    assert KEY[:-1] not in caplog.text


def test_a_long_text_stays_one_request() -> None:
    for service in Service:
        long = ChatMessage("t" * 500, "x" * 100_000, Tone.INFO, "e")
        assert len(request_of(service, GOOD[service], long).body) <= chat.MOST_BODY_BYTES
