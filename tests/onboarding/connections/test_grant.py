"""What a client decides of the grant: rights chosen, ARNs listed and refused, on the pages and by command line."""

import json
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from onboarding.connections import grant, permission_choice
from onboarding.models.connection import Connection
from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS, ChosenPermissions, chosen_permissions
from portal.aws.policies.optional_permissions import PERMISSION_BY_KEY
from portal.tenancy.models import TenantRole
from tests.markup import on_one_line
from tests.onboarding.pages import draft, signed_in, tenant_with_admin, url, verified_connection
from tests.onboarding.views.connections.test_connection import page_of
from tests.world import person

pytestmark = pytest.mark.django_db
ACCOUNT = "111122223333"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:splunk-a1B2c3"
WITH_SECRETS = chosen_permissions([*DEFAULT_PERMISSIONS.chosen, "secrets"], [SECRET])


@pytest.fixture
def admin():
    return tenant_with_admin()


@pytest.fixture
def connection(admin) -> Connection:
    return verified_connection(admin[0], account_id=ACCOUNT)


def sids(connection: Connection) -> set[str]:
    return {statement["Sid"] for statement in grant.grant_of(connection).boundary.document["Statement"]}


def test_nothing_beyond_s3_is_allowed_at_first(connection: Connection) -> None:
    assert connection.optional_permissions == DEFAULT_PERMISSIONS
    assert sids(connection) == {"Records", "RecordKeys", "Bucket", "Objects", "DeliveryErrors"}


def test_a_right_and_an_arn_are_in_every_file(connection: Connection) -> None:
    permission_choice.choose_permissions(connection=connection, optional=WITH_SECRETS, actor="a@b.example")
    connection.refresh_from_db()
    assert connection.optional_permissions == WITH_SECRETS
    assert sids(connection) >= {"Secrets", "SecretKeys", "OtherSecrets"}
    for write in (grant.role_template, grant.role_script, grant.role_terraform):
        assert SECRET in write(connection)


@pytest.mark.parametrize(
    ("keys", "others", "expected"),
    [
        ([], [SECRET], "needs the permission “Read secrets of destinations”"),
        (["secrets"], ["nonsense"], "is not an ARN"),
        (["secrets"], [SECRET.replace(ACCOUNT, "999900001111")], "the connection is for 111122223333"),
        (
            ["functions"],
            [f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{'f' * 55}{number:03}" for number in range(40)],
            "6,144 characters",
        ),
    ],
)
def test_what_cannot_be_listed_is_refused_and_nothing_changes(
    connection: Connection, keys: list[str], others: list[str], expected: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        permission_choice.choose_permissions(
            connection=connection, optional=chosen_permissions(keys, others), actor="x"
        )
    assert expected in " ".join(refused.value.message_dict["other_resources"])
    connection.refresh_from_db()
    assert connection.optional_permissions == DEFAULT_PERMISSIONS


@pytest.mark.parametrize("kind", ["lambda:eu-west-1:{}:function:", "kinesis:eu-west-1:{}:stream/"])
def test_what_is_accepted_fits_into_every_policy(connection: Connection, kind: str) -> None:
    many = [f"arn:aws:{kind.format(ACCOUNT)}{'f' * 55}{number:03}" for number in range(40)]
    fits = 0
    for count in range(1, len(many)):
        optional = chosen_permissions(PERMISSION_BY_KEY, many[:count])
        try:
            permission_choice.check_choice(optional, ACCOUNT)
        except ValidationError:
            break
        fits = count
        granted = replace(grant.grant_of(connection), optional=optional).policies
        assert max(len(json.dumps(policy.document, separators=(",", ":"))) for policy in granted) <= 6144
    assert 7 <= fits < 39  # of names as long as AWS allows, with every permission; each stream is listed four times


def test_rights_beyond_s3_are_chosen_on_the_page(admin, connection: Connection) -> None:
    _, client = admin
    shown = client.get(page_of(connection)).content.decode()
    assert "Destinations other than S3, devices, and existing streams" in shown
    chosen = ("sampling", "deletion", "keys", "secrets")
    values = {"do": "choose", **{f"allow_{key}": ["", "on"] for key in chosen}}
    answer = client.post(page_of(connection), {**values, "other_resources": f"  {SECRET}\n\n{SECRET}"}, follow=True)
    connection.refresh_from_db()
    assert connection.optional_permissions == WITH_SECRETS
    assert SECRET in answer.content.decode()


def test_a_refused_arn_stays_where_it_was_typed(admin, connection: Connection) -> None:
    _, client = admin
    values = {"do": "choose", "allow_sampling": ["", "on"], "allow_secrets": "", "other_resources": SECRET}
    answer = client.post(page_of(connection), values)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "needs the permission “Read secrets of destinations”" in text
    assert f">\n{SECRET}</textarea>" in text
    assert '<details class="more" open><summary>Destinations other than S3' in on_one_line(text)


def test_rights_beyond_s3_are_chosen_when_a_connection_is_begun(admin) -> None:
    tenant, client = admin
    integration = draft(tenant)
    values = {"choice": "new", "name": "production", "account_id": ACCOUNT, "do": "next", "allow_secrets": ["", "on"]}
    refused = client.post(url(integration, "connect"), {**values, "other_resources": "nonsense"})
    assert refused.status_code == 422
    assert "is not an ARN" in refused.content.decode()
    client.post(url(integration, "connect"), {**values, "other_resources": SECRET})
    assert Connection.objects.get().optional_permissions == WITH_SECRETS


def test_a_viewer_reads_what_is_allowed(admin, connection: Connection) -> None:
    viewer = person("viewer@northwind.example", admin[0], TenantRole.VIEWER)
    permission_choice.choose_permissions(connection=connection, optional=WITH_SECRETS, actor="x")
    text = signed_in(viewer.email).get(page_of(connection)).content.decode()
    assert "Read secrets of destinations: allowed" in text
    assert "Write to OpenSearch: not allowed" in text
    assert SECRET in text
    assert "<textarea" not in text


def test_rights_are_chosen_by_command_line(connection: Connection, capsys) -> None:
    call_command("connection", "choose", connection.uid, "--allow", "secrets", "--reach", SECRET)
    connection.refresh_from_db()
    assert connection.optional_permissions == WITH_SECRETS
    assert f"also: {SECRET}" in capsys.readouterr().out
    with pytest.raises(CommandError, match="as well"):
        call_command("connection", "choose", connection.uid, "--reach", SECRET)
    call_command("connection", "choose", connection.uid, "--without-sampling")
    connection.refresh_from_db()
    assert connection.optional_permissions == ChosenPermissions(sampling=False)
