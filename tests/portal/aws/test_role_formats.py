"""The grant in every form: each parses by its own tool, and all give the same rights, byte for byte."""

import itertools
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from portal.aws.names import InvalidName
from portal.aws.policies.chosen_permissions import (
    ALL_PERMISSIONS,
    DEFAULT_PERMISSIONS,
    ChosenPermissions,
    chosen_permissions,
)
from portal.aws.policies.descriptions import describe_policy
from portal.aws.policies.listed_arns import listed_resources
from portal.aws.policies.optional_permissions import (
    CONSUMING_PERMISSIONS,
    OPT_IN_PERMISSIONS,
    READING_PERMISSIONS,
)
from portal.aws.role_cloudformation import cloudformation
from portal.aws.role_grant import RoleGrant
from portal.aws.role_hosted_template import hosted
from portal.aws.role_quick_create import quick_create_url
from portal.aws.role_script import cli_script
from portal.aws.role_terraform import terraform
from tests.portal.aws import role_files

ACCOUNT, PORTAL = "111122223333", "arn:aws:iam::999900001111:user/sluice-portal"
GRANT = RoleGrant(PORTAL, "sluice-5f1d9c00112233445566", ACCOUNT, "sluice-")
CHOICES = [ChosenPermissions(*choice) for choice in itertools.product([True, False], repeat=3)]
OTHERS = (
    f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/telemetry",
    f"arn:aws:kinesis:eu-central-1:{ACCOUNT}:stream/payroll.events",
    f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:payroll/splunk-a1B2c3",
    f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:snowflake-d4E5f6",
    f"arn:aws:es:eu-west-1:{ACCOUNT}:domain/search",
    f"arn:aws:aoss:eu-west-1:{ACCOUNT}:collection/0123456789abcdefghij",
    f"arn:aws:glue:eu-west-1:{ACCOUNT}:database/lake",
    "arn:aws:s3:::warehouse",
    f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:reshape",
    f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/dashboard",
)
# Everything beyond S3, one right at a time, all at once, and with names that do not begin with the prefix.
BEYOND = [
    *(chosen_permissions([*DEFAULT_PERMISSIONS.chosen, permission.key]) for permission in OPT_IN_PERMISSIONS),
    ALL_PERMISSIONS,
    replace(ALL_PERMISSIONS, others=OTHERS),
    chosen_permissions(["secrets"], OTHERS[2:4]),
    chosen_permissions([*DEFAULT_PERMISSIONS.chosen, "adoption"], OTHERS[:2]),
    chosen_permissions(["adoption"], OTHERS[:1]),  # without samples
    chosen_permissions(["adoption", "readers"], OTHERS[:1]),  # without lease tables
    chosen_permissions(["readers"], OTHERS[-1:]),
]
GRANTS = [
    *(replace(GRANT, optional=optional) for optional in [*CHOICES, *BEYOND]),
    replace(GRANT, name_prefix="acme-", suffix="-5f0c2d", optional=ChosenPermissions(sampling=False)),
]
by_grant = pytest.mark.parametrize(
    "grant", GRANTS, ids=lambda grant: f"{'-'.join(grant.optional.chosen)}{len(grant.optional.others)}{grant.suffix}"
)
CFN_LINT = [sys.executable, "-c", "import sys; from cfnlint import runner; sys.exit(runner.main())"]
ELSEWHERE = (*READING_PERMISSIONS, *CONSUMING_PERMISSIONS)
FORMS = {"cloudformation": cloudformation, "cli": cli_script, "terraform": terraform}


TEMPLATE = "https://b.s3.amazonaws.com/t.yaml"


def parameters(grant: RoleGrant) -> dict[str, str]:
    query = parse_qs(urlsplit(quick_create_url(grant, TEMPLATE)).fragment.partition("?")[2])
    return {name.removeprefix("param_"): value for name, [value] in query.items() if name.startswith("param_")}


def by_hand(grant: RoleGrant) -> dict[str, str]:
    """The parameters of a grant that is too long for a link."""
    few = replace(grant, optional=replace(grant.optional, others=()))
    listed = listed_resources(grant.optional.others)
    return {**parameters(few), **{sid: ",".join(arns) for sid, arns in listed.items()}}


def expected(grant: RoleGrant) -> bytes:
    named = {policy.name: policy.document for policy in grant.policies}
    return role_files.as_bytes({**named, grant.role_name: grant.trust})


@by_grant
def test_every_form_gives_the_same_rights_byte_for_byte(grant: RoleGrant) -> None:
    given = parameters(grant) if quick_create_url(grant, TEMPLATE) else by_hand(grant)
    link = role_files.of_template(hosted(portal_principal_arn=PORTAL), given, ACCOUNT)
    found = {
        "file": role_files.of_template(cloudformation(grant)),
        "quick-create link": link,
        "script": role_files.of_script(cli_script(grant)),
        "terraform": role_files.of_terraform(terraform(grant)),
    }
    assert {name: role_files.as_bytes(documents) for name, documents in found.items()} == dict.fromkeys(
        found, expected(grant)
    )


def test_a_right_that_is_missing_in_one_form_would_be_found() -> None:
    for form, read in ((cli_script, role_files.of_script), (terraform, role_files.of_terraform)):
        changed = form(GRANT).replace('"kinesis:ListShards",', "", 1)
        assert role_files.as_bytes(read(changed)) != expected(GRANT)


@pytest.mark.parametrize("optional", CHOICES, ids=str)
def test_what_is_left_out_is_gone_and_nothing_else_changes(optional: ChosenPermissions) -> None:
    grant = replace(GRANT, optional=optional)
    kept = [statement for policy in grant.permissions for statement in policy.document["Statement"]]
    actions = {action for statement in kept if statement["Effect"] == "Allow" for action in statement["Action"]}
    denied = {action for statement in kept if statement["Effect"] == "Deny" for action in statement["Action"]}
    assert ("kinesis:GetRecords" in actions) is optional.sampling
    assert ("kinesis:GetRecords" in denied) is not optional.sampling
    assert ("kms:Decrypt" in actions) is optional.sampling
    assert ("kinesis:DeleteStream" in actions) is optional.deletion
    assert ("s3:DeleteBucket" in actions) is optional.deletion
    # The right to delete a key is in the policy of the key: see stream_key_policy.
    assert "kms:ScheduleKeyDeletion" not in actions
    assert ("kms:CreateKey" in actions) is optional.keys
    full = [statement for policy in GRANT.permissions for statement in policy.document["Statement"]]
    assert [statement for statement in full if statement in kept] == [
        statement for statement in kept if statement["Sid"] not in {"NeverReadRecords", "NeverShareRecords"}
    ]
    # A key whose sealed copy was lost must always be removable.
    assert {"iam:DeleteAccessKey", "iam:DeleteUser"} <= actions


def test_a_second_connection_of_an_account_touches_nothing_of_the_first() -> None:
    second = replace(GRANT, suffix="-5f0c2d")
    names = [{grant.role_name, *(p.name for p in grant.policies)} for grant in (GRANT, second)]
    assert not names[0] & names[1]
    assert second.role_arn == f"arn:aws:iam::{ACCOUNT}:role/SluiceAccess-5f0c2d"
    text = json.dumps([policy.document for policy in second.permissions])
    assert f"arn:aws:iam::{ACCOUNT}:policy/SluiceBoundary-5f0c2d" in text
    assert "policy/SluiceBoundary-5f0c2d" in cloudformation(second)


@pytest.mark.parametrize("text", [cloudformation(GRANT), hosted(portal_principal_arn=PORTAL)], ids=["file", "hosted"])
def test_cfn_lint_has_nothing_to_say(text: str, tmp_path: Path) -> None:
    file = tmp_path / "sluice-access.yaml"
    file.write_text(text)
    done = subprocess.run([*CFN_LINT, str(file)], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_cfn_lint_would_find_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "sluice-access.yaml"
    file.write_text(cloudformation(GRANT).replace("MaxSessionDuration: 3600", "MaxSessionDuration: 36"))
    done = subprocess.run([*CFN_LINT, str(file)], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode != 0


def test_bash_understands_the_script(tmp_path: Path) -> None:
    file = tmp_path / "sluice-access.sh"
    file.write_text(cli_script(GRANT))
    subprocess.run(["bash", "-n", str(file)], check=True, timeout=120)
    assert "\nset -euo pipefail\n" in file.read_text()


@pytest.mark.parametrize("form", FORMS)
def test_no_form_leaves_a_place_unfilled_or_holds_a_secret(form: str) -> None:
    text = FORMS[form](GRANT)
    assert "@" not in text.replace('"$@"', "")
    assert "secret" not in text.lower().replace("it contains no secret", "")
    assert "AKIA" not in text


@pytest.mark.parametrize("form", FORMS)
def test_an_impossible_account_gets_no_file(form: str) -> None:
    with pytest.raises(InvalidName):
        FORMS[form](replace(GRANT, account_id="12"))


def test_the_link_is_what_the_console_takes() -> None:
    grant = replace(GRANT, suffix="-5f0c2d", optional=ChosenPermissions(deletion=False))
    url = quick_create_url(grant, "https://sluice-templates.s3.eu-west-1.amazonaws.com/2026/sluice-access.yaml")
    assert len(url) <= 1024
    assert url.startswith("https://console.aws.amazon.com/cloudformation/home?region=us-east-1#/stacks/quickcreate?")
    query = parse_qs(urlsplit(url).fragment.partition("?")[2])
    assert query["stackName"] == ["sluice-access-5f0c2d"]
    assert query["param_ExternalId"] == [GRANT.external_id]
    assert (query["param_SampleRecords"], query["param_DeleteResources"]) == (["yes"], ["no"])
    [template] = query["templateURL"]
    assert template.endswith("/2026/sluice-access.yaml")


def test_the_link_names_parameters_that_the_template_has() -> None:
    template = yaml.safe_load(hosted(portal_principal_arn=PORTAL))
    every = {
        name
        for other in OTHERS
        for name in parameters(replace(GRANT, suffix="-5f0c2d", optional=replace(ALL_PERMISSIONS, others=(other,))))
    }
    assert every == set(template["Parameters"])


def test_an_adopted_stream_may_be_looked_after_and_never_made_or_deleted() -> None:
    streams = OTHERS[:2]
    for sampling in (True, False):
        grant = replace(GRANT, optional=ChosenPermissions(adoption=True, sampling=sampling, others=streams))
        [document] = [policy.document for policy in grant.permissions if policy.key == "SluiceStreams"]
        statements = {
            statement["Sid"]: statement for statement in document["Statement"] if statement["Resource"] == list(streams)
        }
        assert set(statements) == {"OtherStreams", *(["SampleOtherStreams"] if sampling else [])}
        actions = {action for statement in statements.values() for action in statement["Action"]}
        assert not actions & {"kinesis:CreateStream", "kinesis:DeleteStream", "kinesis:PutRecord"}
        assert ("kinesis:GetRecords" in actions) is sampling
        assert {"kinesis:AddTagsToStream", "kinesis:StartStreamEncryption"} <= actions
    unchosen = replace(GRANT, optional=ChosenPermissions(others=streams))
    assert (unchosen.permissions, unchosen.boundary) == (GRANT.permissions, GRANT.boundary)


def test_a_link_that_the_console_would_not_take_is_not_given() -> None:
    many = tuple(f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{'f' * 40}{number}" for number in range(10))
    assert quick_create_url(replace(GRANT, optional=replace(ALL_PERMISSIONS, others=many)), TEMPLATE) == ""


def test_nothing_beyond_s3_is_granted_unless_it_is_chosen() -> None:
    actions = {action for statement in GRANT.boundary.document["Statement"] for action in statement["Action"]}
    assert {action.partition(":")[0] for action in actions} == {"kinesis", "kms", "s3", "logs"}
    usual = GRANT.boundary.document["Statement"]
    for optional in BEYOND:
        chosen = replace(GRANT, optional=optional).boundary.document["Statement"]
        assert chosen[: len(usual)] == usual
        more = {statement["Sid"] for statement in chosen[len(usual) :]}
        # Of adoption every stream has to be listed, and what is not scoped is in the role's policies alone.
        assert more or optional.chosen[-1] in {"adoption", "unscoped", *ELSEWHERE}
        assert more <= {
            sid
            for permission in OPT_IN_PERMISSIONS
            if permission.key in optional.chosen
            for sid in permission.statements
        }
        # The portal's own role gets nothing of it but the streams to adopt and what AWS denies by ARN: only what
        # deliveries may reach grows.
        kept = replace(optional, sampling=True, deletion=True, keys=True, adoption=False, unscoped=False)
        kept = replace(kept, **dict.fromkeys(ELSEWHERE, False))
        kept = replace(kept, devices=False, **dict.fromkeys(READING_PERMISSIONS, False))
        assert replace(GRANT, optional=kept).permissions == GRANT.permissions


def test_the_hosted_template_names_no_account_and_no_client() -> None:
    text = hosted(portal_principal_arn=PORTAL)
    assert ACCOUNT not in text
    assert GRANT.external_id not in text
    assert len(text) < 51_200  # what CloudFormation takes without a bucket, far below what it takes from one


def test_words_of_the_grant_follow_the_choice() -> None:
    def description_of(optional: ChosenPermissions) -> str:
        grant = replace(GRANT, optional=optional)
        return " ".join(sentence for policy in grant.permissions for sentence in describe_policy(policy.document))

    assert "read records from" in description_of(ChosenPermissions())
    assert "May never read records from" in description_of(ChosenPermissions(sampling=False))
    assert "May read records from" not in description_of(ChosenPermissions(sampling=False))


def test_what_an_earlier_choice_attached_is_detached_by_the_script() -> None:
    assert GRANT.withdrawn_policies == ("SluiceConsumers", "SluiceDevices")
    assert "detach-role-policy" in cli_script(GRANT)
    chosen = replace(GRANT, optional=ChosenPermissions(consumers=True, devices=True))
    assert chosen.withdrawn_policies == ()
    assert "detach-role-policy" not in cli_script(chosen)
