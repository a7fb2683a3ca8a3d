"""Whether a role trusts the portal as it should."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.stub import Stubber

from portal.aws.session import portal_session
from portal.aws.sts import Outcome, TrustReport, caller_identity, check_trust

ROLE = "arn:aws:iam::111122223333:role/SluiceAccess"


@pytest.mark.parametrize("right", Outcome)
@pytest.mark.parametrize("wrong", Outcome)
@pytest.mark.parametrize("missing", Outcome)
def test_only_one_of_all_outcomes_is_trusted(right: Outcome, wrong: Outcome, missing: Outcome) -> None:
    report = TrustReport(right, wrong, missing, "111122223333", "")
    expected = right == "allowed" and wrong == "refused" and missing == "refused"
    assert report.trusted is expected


def test_a_verdict_aws_did_not_give_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_STUBBED_BY", "test_sts")
    with Stubber(portal_session("us-east-1").client("sts")) as stub:
        stub.add_client_error("assume_role", "AccessDenied", "not authorized to perform: sts:AssumeRole")
        stub.add_client_error("assume_role", "Throttling", "Rate exceeded")
        stub.add_client_error("assume_role", "InvalidClientTokenId", "The security token is invalid.")
        report = check_trust(role_arn=ROLE, external_id="x-1", session_name="check")
    assert (report.right, report.wrong, report.missing) == (Outcome.REFUSED, Outcome.UNKNOWN, Outcome.UNKNOWN)
    assert report.detail == "not authorized to perform: sts:AssumeRole"
    assert report.account_id is None


def test_the_three_tries_differ_in_the_external_id_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_STUBBED_BY", "test_sts_three")
    client = portal_session("us-east-1").client("sts")
    sent: list[str | None] = []
    client.meta.events.register(
        "provide-client-params.sts.AssumeRole", lambda params, **_: sent.append(params.get("ExternalId"))
    )
    with Stubber(client) as stub:
        for _ in range(3):
            stub.add_client_error("assume_role", "AccessDenied", "no")
        check_trust(role_arn=ROLE, external_id="x-1", session_name="check")
    assert sent[0] == "x-1"
    assert sent[1] not in {None, "x-1"}
    assert sent[2] is None


def test_one_is_who_aws_says() -> None:
    aws = portal_session("us-east-1")
    arn = "arn:aws:iam::999900001111:user/sluice-portal"
    with Stubber(aws.client("sts")) as stub:
        stub.add_response("get_caller_identity", {"Account": "999900001111", "Arn": arn})
        identity = caller_identity(aws)
    assert (identity.account_id, identity.arn) == ("999900001111", arn)


def test_a_role_open_to_everybody_in_the_portal_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_STUBBED_BY", "test_sts_open")
    given = {
        "Credentials": {
            "AccessKeyId": "ASIAOPENOPENOPENOPEN",
            "SecretAccessKey": "secret",
            "SessionToken": "token",
            "Expiration": datetime.now(UTC) + timedelta(minutes=15),
        },
        "AssumedRoleUser": {"AssumedRoleId": "A:check", "Arn": "arn:aws:sts::111122223333:assumed-role/S/check"},
    }
    with Stubber(portal_session("us-east-1").client("sts")) as stub:
        stub.add_client_error("assume_role", "AccessDenied", "no")
        stub.add_response("assume_role", given)
        stub.add_client_error("assume_role", "AccessDenied", "no")
        report = check_trust(role_arn=ROLE, external_id="x-1", session_name="check")
    assert (report.wrong, report.trusted) == (Outcome.ALLOWED, False)
