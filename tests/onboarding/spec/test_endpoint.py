"""Through which endpoint records are put: in the declaration, on the wizard's page, in the plan, in the key's file."""

import html
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from onboarding.connections import boundary_check
from onboarding.credentials import new_access_key
from onboarding.credentials.contents import bundle, read_bundle
from onboarding.credentials.key_files import KeyFacts, key_files
from onboarding.drafts import codec
from onboarding.export.cloudformation import cloudformation
from onboarding.export.key_script import key_script
from onboarding.export.removal_script import removal_script
from onboarding.export.resources import resources_of
from onboarding.export.script import cli_script
from onboarding.export.terraform import terraform
from onboarding.integrations import plan_view
from onboarding.models.integration import Integration
from onboarding.problem_texts import line_of
from onboarding.spec import validation, yaml_file
from onboarding.spec.change import Change
from onboarding.spec.diff import between
from onboarding.spec.endpoint import STANDARD_ENDPOINT, Endpoint
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import SpecRefused
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.credentials import AwsCredentials
from portal.messages.catalogue import text_of
from portal.openpgp.certificates import inspect
from tests import vpc
from tests.onboarding.export.conftest import plan_of
from tests.onboarding.pages import (
    DELIVERY,
    FINGERPRINT,
    STREAM,
    draft,
    full_draft,
    post,
    tenant_with_admin,
    url,
    verified_connection,
)

VPC = {"kind": "vpc", "vpc_endpoint_id": vpc.ID, "dns_name": vpc.NAME}
STANDARD_URL, VPC_URL = "https://kinesis.eu-west-1.amazonaws.com", f"https://{vpc.NAME}"
FIPS_URL = "https://kinesis-fips.us-east-1.amazonaws.com"
ON_THE_PAGE = {**STREAM, "endpoint": "vpc", "vpc_endpoint_id": vpc.ID, "vpc_dns_name": vpc.NAME, "vpc_only": "on"}


def plain(endpoint: object = None, region: str = "eu-west-1") -> dict[str, Any]:
    stream = {"name": "sluice-sensors", "region": region} | ({} if endpoint is None else {"endpoint": endpoint})
    return {"name": "sensors", "connection": "production", "stream": stream, "recipients": [FINGERPRINT]}


def spec(endpoint: Endpoint = STANDARD_ENDPOINT, region: str = "eu-west-1") -> IntegrationSpec:
    return IntegrationSpec("s", "c", StreamSpec(name="sluice-sensors", region=region, endpoint=endpoint))


# The declaration.


def test_a_declaration_of_before_has_the_standard_endpoint() -> None:
    found = validation.from_dict(plain())
    assert found.stream.endpoint == STANDARD_ENDPOINT
    assert found.stream.endpoint_url == STANDARD_URL
    assert found.as_dict()["stream"]["endpoint"] == {"kind": "standard"}


@pytest.mark.parametrize(
    ("endpoint", "region", "address"),
    [
        ({"kind": "standard"}, "eu-west-1", STANDARD_URL),
        ({"kind": "fips"}, "us-east-1", FIPS_URL),
        (VPC, "eu-west-1", VPC_URL),
        ({**VPC, "only": True}, "eu-west-1", VPC_URL),
    ],
)
def test_every_kind_is_read_and_written(endpoint: dict[str, Any], region: str, address: str) -> None:
    found = validation.from_dict(plain(endpoint, region))
    assert found.stream.endpoint_url == address
    assert yaml_file.from_yaml(found.as_yaml()) == found
    assert found.as_dict()["stream"]["endpoint"] == (
        {**VPC, "only": False} | endpoint if "dns_name" in endpoint else endpoint
    )


YAML = """\
name: sensors
connection: production
recipients: ["0123456789ABCDEF0123456789ABCDEF01234567"]
stream:
  name: sluice-sensors
  region: {region}
  endpoint:
{endpoint}
"""


@pytest.mark.parametrize(
    ("region", "endpoint", "problem"),
    [
        ("eu-west-1", "kind: fips", "line 8, stream.endpoint.kind: Kinesis has no FIPS endpoint in eu-west-1. It has"),
        ("eu-west-1", "kind: private", "line 8, stream.endpoint.kind: 'private' is not one of"),
        ("eu-west-1", "kind: vpc", "line 8, stream.endpoint: Missing: vpc_endpoint_id, dns_name."),
        (
            "eu-west-1",
            f"kind: fips\nvpc_endpoint_id: {vpc.ID}",
            "line 8, stream.endpoint: Unknown: vpc_endpoint_id. Known here: kind.",
        ),
        (
            "eu-west-1",
            f"kind: vpc\nvpc_endpoint_id: vpc-1\ndns_name: {vpc.NAME}",
            "line 9, stream.endpoint.vpc_endpoint_id: A VPC endpoint's ID is",
        ),
        (
            "eu-west-1",
            f"kind: vpc\nvpc_endpoint_id: {vpc.ID}\ndns_name: {vpc.OTHER_NAME}",
            f"line 10, stream.endpoint.dns_name: This name belongs to {vpc.OTHER_ID}, but the endpoint above is",
        ),
        (
            "eu-central-1",
            f"kind: vpc\nvpc_endpoint_id: {vpc.ID}\ndns_name: {vpc.NAME}",
            "line 10, stream.endpoint.dns_name: This endpoint is in eu-west-1, but the data stream is in eu-central-1",
        ),
        (
            "eu-west-1",
            f"kind: vpc\nvpc_endpoint_id: {vpc.ID}\ndns_name: {vpc.NAME}\nonly: maybe",
            "line 11, stream.endpoint.only: 'maybe' is not of type 'boolean'",
        ),
    ],
)
def test_what_is_wrong_is_said_with_line_and_path(region: str, endpoint: str, problem: str) -> None:
    written = "\n".join(f"    {line}" for line in endpoint.splitlines())
    with pytest.raises(SpecRefused) as refused:
        yaml_file.from_yaml(YAML.format(region=region, endpoint=written))
    [found] = refused.value.problems
    assert line_of(found).startswith(problem)


# What a change says.


def changes(was: Endpoint, now: Endpoint, region: str = "eu-west-1") -> dict[str, Any]:
    return {change.path: change for change in between(spec(was, region), spec(now, region))}


def values_of(change: Change) -> tuple[str, str]:
    return text_of(change.was), text_of(change.becomes)


TIED, FREE = Endpoint(**VPC, only=True), Endpoint(**VPC)
PUT, ONLY = "stream.endpoint", "stream.endpoint.only"


def test_the_file_that_was_delivered_names_the_old_endpoint() -> None:
    [found] = changes(STANDARD_ENDPOINT, FREE).values()
    assert (found.path, *values_of(found)) == (PUT, "standard endpoint", f"VPC endpoint {vpc.ID}")
    assert f"Its file still contains {STANDARD_URL} and" in text_of(found.effect)
    assert f"to send records to {VPC_URL} instead. Until then {STANDARD_URL} keeps working." in text_of(found.effect)
    assert (found.verb, found.loses) == ("update", False)


def test_sluice_itself_changes_over_to_fips_and_back() -> None:
    [there] = changes(STANDARD_ENDPOINT, Endpoint("fips"), "us-east-1").values()
    assert text_of(there.effect).endswith("Sluice uses FIPS endpoints of AWS for this integration.")
    assert text_of(there.becomes) == "FIPS endpoint"
    [back] = changes(Endpoint("fips"), STANDARD_ENDPOINT, "us-east-1").values()
    assert text_of(back.effect).endswith("Sluice uses the standard endpoints of AWS for this integration.")


def test_to_demand_an_endpoint_of_a_living_stream_loses_what_comes_another_way() -> None:
    found = changes(STANDARD_ENDPOINT, TIED)
    assert found.keys() == {PUT, ONLY}
    assert "keeps working" not in text_of(found[PUT].effect)
    assert not found[PUT].loses
    assert found[ONLY].loses
    assert values_of(found[ONLY]) == ("any endpoint", vpc.ID)
    assert f"AWS then rejects every record that is not sent through {vpc.ID}." in text_of(found[ONLY].effect)


def test_the_same_endpoint_may_be_demanded_and_no_longer() -> None:
    [tied] = changes(FREE, TIED).values()
    [freed] = changes(TIED, FREE).values()
    assert (tied.path, tied.loses) == (ONLY, True)
    assert (freed.path, freed.loses, text_of(freed.becomes)) == (ONLY, False, "any endpoint")
    other = replace(TIED, vpc_endpoint_id=vpc.OTHER_ID, dns_name=vpc.OTHER_NAME)
    found = changes(TIED, other)
    assert found.keys() == {PUT, ONLY}
    assert found[ONLY].loses


def test_another_region_is_another_stream_whatever_its_endpoint() -> None:
    paths = {change.path for change in between(spec(Endpoint("fips"), "us-east-1"), spec())}
    assert "stream.region" in paths
    assert "stream.endpoint" not in paths


# The file that the vendor receives.

KEY = KeyFacts(
    access_key_id="AKIAIOSFODNN7EXAMPLE",
    secret="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    user_name="sluice-sensors-producer-1",
    stream_name="sluice-sensors",
    stream_arn="arn:aws:kinesis:::stream/s",
    region="eu-west-1",
)


@pytest.mark.parametrize(
    ("endpoint", "region", "address"),
    [
        (STANDARD_ENDPOINT, "eu-west-1", STANDARD_URL),
        (Endpoint("fips"), "us-east-1", FIPS_URL),
        (Endpoint(**VPC), "eu-west-1", VPC_URL),
    ],
    ids=["standard", "fips", "vpc"],
)
def test_the_profile_leads_awss_tools_to_the_endpoint(
    endpoint: Endpoint, region: str, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "credentials"
    file.write_bytes(key_files(replace(KEY, region=region, endpoint=endpoint.profile))["profile"])
    for name in ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    client = boto3.Session(profile_name="sluice-sensors").client("kinesis")
    assert client.meta.endpoint_url == address
    assert client.meta.region_name == region
    assert (address in file.read_text()) == (endpoint != STANDARD_ENDPOINT), "in words, for tools that do not read it"


def test_the_file_of_the_standard_endpoint_is_what_it_was() -> None:
    assert bundle(KEY) == bundle(replace(KEY, endpoint=STANDARD_ENDPOINT.profile))
    assert b"endpoint" not in read_bundle(bundle(KEY))["profile"]


def test_the_sealing_process_proves_the_key_at_the_fips_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    request = {
        "credentials": {"access_key_id": "AKIA", "secret_access_key": "s", "session_token": "t"},
        "region": "us-east-1",
        "account_id": "111122223333",
        "fips": True,
    }
    key = AwsCredentials("AKIAIOSFODNN7EXAMPLE", "secret")
    assert new_access_key._session(request, key).client("kinesis").meta.endpoint_url == FIPS_URL
    assert new_access_key.session_of(request).client("iam").meta.endpoint_url == "https://iam-fips.amazonaws.com"
    own = new_access_key.session_of({**request, "credentials": None})
    assert own.client("iam").meta.endpoint_url == "https://iam-fips.amazonaws.com"


# Files for those who apply the plan themselves.


def test_exported_files_speak_to_fips_endpoints_as_well() -> None:
    found = resources_of(plan_of(region="us-east-1", endpoint=Endpoint("fips")))
    assert "\nexport AWS_USE_FIPS_ENDPOINT=true\n" in cli_script(found)
    assert "use_fips_endpoint" in terraform(found)
    for text in (cli_script(found), terraform(found), cloudformation(found)):
        assert f"# Records are put to {FIPS_URL} (FIPS endpoint)." in text
    plain = resources_of(plan_of())
    for text in (cli_script(plain), terraform(plain), cloudformation(plain)):
        assert "fips" not in text.lower()
        assert f"# Records are put to {STANDARD_URL} (standard endpoint)." in text


def test_exported_files_hold_the_producer_to_the_endpoint() -> None:
    found = resources_of(plan_of(endpoint=Endpoint(**VPC, only=True)))
    [put] = found.policy["Statement"]
    assert put["Condition"] == {"StringEquals": {"aws:SourceVpce": vpc.ID}}
    for text in (cli_script(found), terraform(found), cloudformation(found)):
        assert "aws:SourceVpce" in text
        assert f"# Records are put to {VPC_URL} (VPC endpoint {vpc.ID} only)." in text


def test_the_script_for_the_key_and_the_one_that_removes_speak_to_fips_endpoints_too(vendor_keypair) -> None:
    found = resources_of(plan_of(region="us-east-1", endpoint=Endpoint("fips")))
    assert removal_script(found).count("\nexport AWS_USE_FIPS_ENDPOINT=true\n") == 1
    assert "fips" not in removal_script(resources_of(plan_of())).lower()
    vendor = inspect(vendor_keypair.certificate)
    script = key_script("somebody", vendor, account_id="111122223333", fips=True)
    assert script.index("\nexport AWS_USE_FIPS_ENDPOINT=true\n") < script.index("aws sts get-caller-identity")
    assert "FIPS" not in key_script("somebody", vendor, account_id="111122223333")
    for text in (script, removal_script(found)):
        subprocess.run(["bash", "-n"], input=text.encode(), check=True, timeout=120)


# The wizard.


def spoken(page: Any) -> str:
    return html.unescape(page.content.decode())


@pytest.mark.django_db
def test_the_page_offers_the_three_and_chooses_the_standard_one() -> None:
    tenant, client = tenant_with_admin()
    page = spoken(client.get(url(draft(tenant), "stream")))
    for kind in ("standard", "fips", "vpc"):
        assert f'name="endpoint" value="{kind}"' in page
    assert 'value="standard" id="id_endpoint_0" required checked' in page
    for field in ("vpc_endpoint_id", "vpc_dns_name", "vpc_only"):
        assert f'name="{field}"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("stream", [STREAM, {**STREAM, "endpoint": "standard"}], ids=["typed before", "standard"])
def test_a_page_without_more_is_the_standard_endpoint(stream: dict[str, str]) -> None:
    tenant, client = tenant_with_admin()
    connection = verified_connection(tenant)
    integration = draft(tenant, connect={"connection": connection.uid}, stream={**stream, "submitted": True})
    assert codec.as_spec(filled(integration)).stream.endpoint == STANDARD_ENDPOINT
    assert "is-failing" not in client.get(url(integration, "stream")).content.decode()


def filled(integration: Integration) -> Integration:
    integration.draft["recipients"] = {"fingerprints": [FINGERPRINT]}
    return integration


@pytest.mark.django_db
def test_a_vpc_endpoint_goes_from_the_page_into_the_declaration_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # an AWS that does not answer
    tenant, client = tenant_with_admin()
    connection = verified_connection(tenant)
    integration = draft(tenant, connect={"connection": connection.uid})
    assert post(client, integration, "stream", {**ON_THE_PAGE, "name": "sluice-sensors"}).status_code == 302
    integration.refresh_from_db()
    found = codec.as_spec(filled(integration))
    assert found.stream.endpoint == Endpoint(**VPC, only=True)
    again = codec.pages_of(found, integration)["stream"]
    assert {key: again[key] for key in ("endpoint", "vpc_endpoint_id", "vpc_dns_name", "vpc_only")} == {
        key: ON_THE_PAGE[key] for key in ("endpoint", "vpc_endpoint_id", "vpc_dns_name", "vpc_only")
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        ("endpoint", "fips", "Kinesis has no FIPS endpoint in eu-west-1. It has one in us-east-1,"),
        ("endpoint", "carrier-pigeon", "carrier-pigeon is not one of the available choices"),
        ("vpc_endpoint_id", "", "Enter the endpoint ID"),
        ("vpc_endpoint_id", "vpc-0123456789abcdef0", "This is the ID of a VPC"),
        ("vpc_dns_name", "", "Enter the DNS name"),
        ("vpc_dns_name", VPC_URL, "without https://"),
        ("vpc_dns_name", vpc.OTHER_NAME, f"This name belongs to {vpc.OTHER_ID}"),
        ("vpc_dns_name", vpc.NAME.replace("eu-west-1", "eu-north-1"), "This endpoint is in eu-north-1, but"),
        ("vpc_dns_name", vpc.NAME.replace(".kinesis.", ".logs."), "This is an endpoint for logs."),
    ],
)
def test_bad_input_is_named_at_its_field_and_kept(field: str, typed: str, expected: str) -> None:
    tenant, client = tenant_with_admin()
    integration = draft(tenant)
    answer = post(client, integration, "stream", {**ON_THE_PAGE, field: typed})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert expected in spoken(answer)
    integration.refresh_from_db()
    assert integration.draft["stream"] | {field: typed} == integration.draft["stream"]
    assert integration.draft["stream"]["vpc_only"] == "on"


@pytest.mark.django_db
def test_what_does_not_apply_is_neither_wrong_nor_lost() -> None:
    tenant, client = tenant_with_admin()
    integration = draft(tenant)
    answer = post(client, integration, "stream", {**ON_THE_PAGE, "endpoint": "standard", "vpc_dns_name": "nonsense"})
    assert answer.status_code == 302
    integration.refresh_from_db()
    assert integration.draft["stream"]["vpc_dns_name"] == "nonsense"


@pytest.mark.django_db
def test_the_page_saves_itself_while_it_is_half_filled() -> None:
    tenant, client = tenant_with_admin()
    integration = draft(tenant)
    half = {**ON_THE_PAGE, "vpc_endpoint_id": "vpce-", "vpc_dns_name": ""}
    assert post(client, integration, "stream", half, "keep", HTTP_HX_REQUEST="true").status_code == 200
    integration.refresh_from_db()
    assert integration.draft["stream"]["vpc_endpoint_id"] == "vpce-"


@pytest.mark.django_db
def test_an_endpoint_is_not_held_against_a_region_that_is_not_chosen_yet() -> None:
    tenant, client = tenant_with_admin()
    answer = post(client, draft(tenant), "stream", {**ON_THE_PAGE, "region": ""})
    assert answer.context["form"].errors.keys() == {"region"}


@pytest.mark.django_db
def test_the_review_names_the_endpoint_and_the_right_that_follows(settings, tmp_path, vendor_keypair) -> None:
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = tmp_path / "delivery.asc"
    settings.SLUICE_VENDOR_CERTIFICATE_FILE.write_text(vendor_keypair.certificate)
    tenant, client = tenant_with_admin()
    integration = full_draft(tenant, stream=ON_THE_PAGE, delivery={**DELIVERY, "kind": "none"})
    page = spoken(client.get(url(integration, "review")))
    assert f"VPC endpoint {vpc.ID} only" in page
    assert VPC_URL in page
    assert f"eu-west-1 only through the VPC endpoint {vpc.ID}. Nothing else." in page
    assert f"write records, only through {vpc.ID}" in page
    assert boundary_check.problems(codec.as_spec(integration), tenant.connections.get()) == []
    assert plan_view.plan_of(integration).spec.stream.endpoint.demanded == vpc.ID
