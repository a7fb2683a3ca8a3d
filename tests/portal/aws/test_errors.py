"""Faults: what AWS says becomes a kind, a verdict on repeating, and words."""

import pickle
import socket

import pytest
from botocore import exceptions as boto
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.stub import Stubber
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.aws import firehose, kinesis
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault, aws_faults, fault, without_credentials
from portal.aws.fault_kinds import FaultKind, Row
from portal.aws.fault_table import OF_KIND, TABLE, UNKNOWN, row_for, row_of_kind
from portal.aws.iam.access_keys import create_access_key
from portal.aws.iam.users import get_user
from portal.aws.records import put_record
from portal.aws.session import AwsSession, portal_session
from portal.messages.catalogue import entries, text_of, todo_of
from portal.messages.message import Cause

ROLE = "arn:aws:iam::111122223333:role/sluice/f"

VERDICTS = [
    ("AccessDenied", "", FaultKind.DENIED, False),
    ("AccessDeniedException", "", FaultKind.DENIED, False),
    ("403", "Forbidden", FaultKind.DENIED, False),
    ("ExpiredTokenException", "", FaultKind.DENIED, True),
    ("SignatureDoesNotMatch", "", FaultKind.DENIED, False),
    ("ThrottlingException", "", FaultKind.THROTTLED, True),
    ("Throttling", "", FaultKind.THROTTLED, True),
    ("SlowDown", "", FaultKind.THROTTLED, True),
    ("ProvisionedThroughputExceededException", "", FaultKind.THROTTLED, True),
    ("LimitExceededException", "Rate exceeded for stream sluice-a", FaultKind.THROTTLED, True),
    ("LimitExceededException", "This request would exceed the shard limit for the account", FaultKind.QUOTA, False),
    ("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", FaultKind.QUOTA, False),
    ("InvalidArgumentException", f"Firehose is unable to assume role {ROLE}.", FaultKind.PROPAGATING, True),
    ("InvalidArgumentException", "Verify that the IAM role has access.", FaultKind.PROPAGATING, True),
    ("InvalidArgumentException", "The security token included in the request is invalid.", FaultKind.PROPAGATING, True),
    ("InvalidArgumentException", "BufferingHints are out of range", FaultKind.INVALID, False),
    ("MalformedPolicyDocument", 'Invalid principal in policy: "AWS"', FaultKind.PROPAGATING, True),
    ("MalformedPolicyDocument", "Syntax errors in policy.", FaultKind.INVALID, False),
    ("InvalidClientTokenId", "", FaultKind.PROPAGATING, True),
    ("UnrecognizedClientException", "", FaultKind.PROPAGATING, True),
    ("EntityAlreadyExists", "", FaultKind.CONFLICT, False),
    ("BucketAlreadyExists", "", FaultKind.CONFLICT, False),
    ("ResourceInUseException", "Stream sluice-a is not ACTIVE", FaultKind.CONFLICT, True),
    ("ConcurrentModificationException", "", FaultKind.CONFLICT, True),
    ("EntityTemporarilyUnmodifiable", "", FaultKind.CONFLICT, True),
    ("DeleteConflict", "", FaultKind.CONFLICT, False),
    ("NoSuchEntity", "", FaultKind.NOT_FOUND, False),
    ("NoSuchBucket", "", FaultKind.NOT_FOUND, False),
    ("ResourceNotFoundException", "", FaultKind.NOT_FOUND, False),
    ("404", "Not Found", FaultKind.NOT_FOUND, False),
    ("ValidationException", "", FaultKind.INVALID, False),
    ("ServiceUnavailable", "", FaultKind.INTERNAL, True),
    ("InternalFailure", "", FaultKind.INTERNAL, True),
    ("SomethingNobodyHasSeen", "", FaultKind.INTERNAL, False),
]


@pytest.mark.parametrize(("code", "message", "kind", "retryable"), VERDICTS)
def test_every_code_has_its_kind(code: str, message: str, kind: FaultKind, retryable: bool) -> None:
    operation = "firehose:CreateDeliveryStream" if code == "InvalidArgumentException" else "service:Operation"
    failed = fault(code, operation, message)
    assert (failed.kind, failed.retryable) == (kind, retryable)


def test_what_kinesis_rejects_has_no_word_of_firehose() -> None:
    text = "User is not authorized to perform: kms:GenerateDataKey. Access was denied."
    failed = fault("InvalidArgumentException", "kinesis:StartStreamEncryption", text)
    assert (failed.kind, failed.retryable) == (FaultKind.INVALID, False)
    assert "Firehose" not in text_of(failed.message) + todo_of(failed.message)


NAMES = ["sluice-creating", "sluice.in.creating", "shard", "sluice-shards", "concurrent", "sluice_rate", "24-hour"]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_stream_does_not_decide_what_kind_of_limit_it_is(name: str) -> None:
    text = f"Account 111122223333 has too many of those, as arn:aws:kinesis:eu-west-1:111122223333:stream/{name} shows."
    for operation in ("kinesis:CreateStream", "kinesis:UpdateShardCount"):
        failed = fault("LimitExceededException", operation, text)
        assert failed.message.code == "aws.quota_reached", failed.message


@pytest.mark.parametrize(
    ("code", "operation", "text", "message", "retryable"),
    [
        ("MalformedPolicyDocumentException", "kms:CreateKey", "Policy is invalid", "aws.invalid_value", False),
        (
            "MalformedPolicyDocumentException",
            "kms:PutKeyPolicy",
            "Policy contains a statement with one or more invalid principals.",
            "aws.principal_propagating",
            True,
        ),
        ("KeyUnavailableException", "kms:Decrypt", "", "aws.kms_key_unavailable", True),
        ("InvalidSourceException", "firehose:PutRecord", "", "aws.firehose_source_rejected", False),
        ("UnmodifiableEntity", "iam:DeleteRole", "", "aws.unmodifiable_entity", False),
        ("OperationNotPermittedException", "logs:DeleteLogGroup", "", "aws.operation_not_permitted", False),
        ("InvalidArgumentException", "firehose:UpdateDestination", "No table", "aws.firehose_settings_rejected", False),
        (
            "LimitExceededException",
            "kinesis:CreateStream",
            "At most 5 streams can simultaneously be in CREATING or DELETING",
            "aws.throttled",
            True,
        ),
    ],
)  # fmt: skip
def test_a_fault_has_its_own_message(code: str, operation: str, text: str, message: str, retryable: bool) -> None:
    failed = fault(code, operation, text)
    assert (failed.message.code, failed.retryable) == (message, retryable)


def test_a_name_that_is_taken_does_not_become_free_by_waiting() -> None:
    taken = fault("ResourceInUseException", "kinesis:CreateStream", "Stream sluice-a under account 1 already exists.")
    busy = fault("ResourceInUseException", "kinesis:AddTagsToStream", "Stream sluice-a is not ACTIVE")
    assert (taken.retryable, busy.retryable) == (False, True)
    assert taken.message.code != busy.message.code


def test_assuming_a_role_has_messages_of_its_own() -> None:
    refused = fault("AccessDenied", "sts:AssumeRole", "not authorized to perform: sts:AssumeRole")
    assert (refused.kind, refused.cause) == (FaultKind.ROLE_DENIED, Cause.CLIENT)
    assert "trust policy" in todo_of(refused.message)
    unknown = fault("InvalidClientTokenId", "sts:AssumeRole", "")
    assert (unknown.kind, unknown.cause) == (FaultKind.PROPAGATING, Cause.SLUICE)


@pytest.mark.parametrize("row", [*TABLE, UNKNOWN], ids=lambda row: min(row.codes, default="unknown"))
def test_the_message_of_every_row_names_its_cause_and_what_to_do(row: Row) -> None:
    entry = entries()[row.message.code]
    assert entry.cause is row.cause
    for sentence in (text_of(row.message), todo_of(row.message)):
        assert sentence[0].isupper()
        assert sentence.endswith(".")


def test_every_kind_has_a_message() -> None:
    for kind in FaultKind:
        assert AwsFault(kind, "", "s:O", "").message.code in entries()


def test_a_message_names_the_call_that_was_denied() -> None:
    denied = fault("AccessDeniedException", "kinesis:IncreaseStreamRetentionPeriod", "not authorized")
    assert text_of(denied.message).startswith("AWS denied kinesis:IncreaseStreamRetentionPeriod: ")


def test_a_fault_keeps_awss_own_text() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("kinesis")) as stub:
        stub.add_client_error("create_stream", "LimitExceededException", "This request would exceed the shard limit")
        with pytest.raises(AwsFault) as caught:
            kinesis.create_stream(aws, "sluice-a", mode="PROVISIONED", shard_count=9, tags={})
    failed = caught.value
    assert (failed.kind, failed.code) == (FaultKind.QUOTA, "LimitExceededException")
    assert failed.operation == "kinesis:CreateStream"
    assert failed.aws_text == "This request would exceed the shard limit"
    assert str(failed) == "kinesis:CreateStream: LimitExceededException: This request would exceed the shard limit"
    assert failed.cause is Cause.CLIENT


def test_a_role_firehose_does_not_know_yet_is_propagating() -> None:
    aws = portal_session("eu-west-1")
    message = f"Firehose is unable to assume role {ROLE}. Please check the role provided."
    with Stubber(aws.client("firehose")) as stub:
        stub.add_client_error("create_delivery_stream", "InvalidArgumentException", message)
        with pytest.raises(AwsFault) as caught:
            firehose.create_delivery_stream(
                aws,
                "sluice-a-to-s3",
                stream_arn="arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-a",
                role_arn=ROLE,
                destination="ExtendedS3Destination",
                configuration={"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::sluice-b"},
                tags={"managed-by": "sluice"},
            )
    assert (caught.value.kind, caught.value.retryable) == (FaultKind.PROPAGATING, True)


@pytest.mark.parametrize(
    "broken",
    [
        boto.EndpointConnectionError(endpoint_url="https://kinesis.eu-west-1.amazonaws.com"),
        boto.ConnectTimeoutError(endpoint_url="https://kinesis.eu-west-1.amazonaws.com"),
        boto.ReadTimeoutError(endpoint_url="https://kinesis.eu-west-1.amazonaws.com"),
        boto.ConnectionClosedError(endpoint_url="https://kinesis.eu-west-1.amazonaws.com"),
        boto.ProxyConnectionError(proxy_url="http://proxy.example:3128"),
        boto.SSLError(
            endpoint_url="https://kinesis.eu-west-1.amazonaws.com", error=OSError("certificate verify failed")
        ),
        boto.HTTPClientError(error="odd"),
    ],
    ids=lambda broken: type(broken).__name__,
)
def test_whatever_breaks_on_the_way_is_unreachable(broken: boto.BotoCoreError) -> None:
    with pytest.raises(AwsFault) as caught, aws_faults("kinesis:PutRecord"):
        raise broken
    assert (caught.value.kind, caught.value.retryable) == (FaultKind.UNREACHABLE, True)


def test_a_port_where_nobody_listens_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        aws = AwsSession(region="eu-west-1", credentials=AwsCredentials("AKIAXXXXXXXXXXXXXXXX", "secret"))
        with pytest.raises(AwsFault) as caught:
            create_access_key(aws, "sluice-vendor")
    assert caught.value.kind is FaultKind.UNREACHABLE


def test_a_portal_without_identity_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(AwsFault) as caught:
        kinesis.describe_stream(portal_session("eu-west-1"), "sluice-a")
    assert caught.value.kind is FaultKind.DENIED
    assert caught.value.cause is Cause.SLUICE


def test_create_access_key_is_sent_once_only() -> None:
    aws = portal_session("eu-west-1")
    service = Unavailable()
    aws.client("iam", single_attempt=True).meta.events.register("before-send.iam.CreateAccessKey", service)
    with pytest.raises(AwsFault) as caught:
        create_access_key(aws, "sluice-vendor")
    assert (service.asked, caught.value.kind) == (1, FaultKind.INTERNAL)


def test_other_calls_are_tried_three_times() -> None:
    aws = portal_session("eu-west-1")
    service = Unavailable()
    aws.client("iam").meta.events.register("before-send.iam.GetUser", service)
    with pytest.raises(AwsFault):
        get_user(aws, "sluice-vendor")
    assert service.asked == 3


class Unavailable:
    """Answers every request at botocore's own door with 503."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, **_: object) -> AWSResponse:
        self.asked += 1
        return AWSResponse("https://iam.amazonaws.com", 503, HTTPHeaders(), self)

    def stream(self, *_: object, **__: object) -> list[bytes]:
        return [b"<ErrorResponse><Error><Code>ServiceUnavailable</Code></Error></ErrorResponse>"]


def test_a_fault_holds_no_credentials() -> None:
    signed = (
        "The request signature we calculated does not match. Check your key.\n\nThe Canonical String for this request "
        "should have been\n'POST\n/\n\nx-amz-security-token:FwoGZXIvYXdzEXAMPLETOKEN'"
    )
    failed = fault("InvalidSignatureException", "kinesis:PutRecord", signed)
    for text in (str(failed), repr(failed), failed.aws_text, str(failed.args)):
        assert "EXAMPLETOKEN" not in text
    assert "does not match" in failed.aws_text


def test_a_fault_forgets_the_query_of_a_url() -> None:
    failed = fault("ConnectionError", "s3:GetObject", "to https://b.s3.amazonaws.com/k?X-Amz-Signature=abc failed")
    assert failed.aws_text == "to https://b.s3.amazonaws.com/k failed"


def test_a_fault_does_not_repeat_what_was_sent() -> None:
    aws = portal_session("eu-west-1")
    with pytest.raises(AwsFault) as caught:
        put_record(aws, "s", data=12345678, partition_key="k")  # type: ignore[arg-type]  # the mistake meant
    assert caught.value.kind is FaultKind.INVALID
    assert "12345678" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_fault_survives_a_journey_between_processes() -> None:
    failed = fault("AccessDenied", "iam:GetUser", "no")
    same = pickle.loads(pickle.dumps(failed))  # noqa: S301  # our own bytes
    assert (same.kind, same.code) == (failed.kind, failed.code)
    assert (same.operation, same.aws_text) == (failed.operation, failed.aws_text)


ROWS = pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.message.code}-{min(row.codes)}")


@ROWS
def test_every_row_is_reached_by_each_of_its_codes(row: Row) -> None:
    for code in row.codes:
        for operation in row.operations or {"service:Operation"}:
            for part in row.saying or ("",):
                assert row_for(code, f"… {part.upper()} …", operation) is row


@ROWS
def test_a_fault_of_a_long_text_keeps_a_message_of_its_code_and_kind(row: Row) -> None:
    # AWS's text is kept to 600 characters: what made it this row may not be among them.
    operation, text_of_aws = min(row.operations, default="service:Operation"), "".join(row.saying[:1])
    failed = fault(min(row.codes), operation, "x" * 700 + " " + text_of_aws)
    fitting = {entry.message.code for entry in TABLE if entry.kind is row.kind and entry.has(failed.code, operation)}
    assert failed.message.code in fitting
    assert (failed.kind, failed.cause, failed.retryable) == (row.kind, row.cause, row.retryable)
    same = pickle.loads(pickle.dumps(failed))  # noqa: S301  # our own bytes
    assert (same.message, same.cause, same.retryable, str(same)) == (
        failed.message, failed.cause, failed.retryable, str(failed)
    )  # fmt: skip


@pytest.mark.parametrize("kind", FaultKind)
def test_a_fault_of_a_code_that_no_row_has_is_one_of_its_kind(kind: FaultKind) -> None:
    assert row_of_kind(kind, "NeverSeen", "", "s:O") is OF_KIND[kind]
    assert OF_KIND[kind].kind is kind


@settings(max_examples=80, deadline=None)
@given(
    st.text("xX \n?:/ht&p", max_size=80),
    st.sampled_from(["", "https://a.b/c?X-Amz-Signature=s ", "x-amz-security-token:"]),
)
def test_what_is_kept_of_a_text_is_short_and_keeping_it_again_changes_nothing(text: str, secret: str) -> None:
    kept = without_credentials(f"{text}{secret}{text * 12}")
    assert len(kept) <= 600
    assert without_credentials(kept) == kept
    assert "X-Amz-Signature" not in kept
    assert "security-token" not in kept


DENIED = "AccessDeniedException"


@pytest.mark.parametrize(
    ("code", "operation", "may_be"),
    [
        (DENIED, "kinesis:PutRecord", True),
        ("InvalidClientTokenId", "iam:GetUser", True),
        ("ExpiredToken", "iam:GetUser", True),
        (DENIED, "sts:AssumeRole", False),
        ("SignatureDoesNotMatch", "iam:GetUser", False),
        ("ThrottlingException", "kinesis:PutRecord", False),
        ("NoSuchEntity", "iam:GetUser", False),
    ],
)
def test_a_denial_in_a_session_may_mean_that_its_role_is_gone(code: str, operation: str, may_be: bool) -> None:
    failed = fault(code, operation, "")
    assert failed.may_be_denied_role is may_be
    assert failed.is_denied_role is (operation == "sts:AssumeRole")


def test_an_exception_that_botocore_adds_later_is_classified_as_its_parent() -> None:
    class LaterTimeoutError(boto.ReadTimeoutError):
        pass

    class NothingKnownError(boto.BotoCoreError):
        fmt = "odd"

    with pytest.raises(AwsFault) as caught, aws_faults("s3:GetObject"):
        raise LaterTimeoutError(endpoint_url="https://s3.example")
    assert (caught.value.kind, caught.value.code) == (FaultKind.UNREACHABLE, "ReadTimeoutError")
    with pytest.raises(AwsFault) as caught, aws_faults("s3:GetObject"):
        raise NothingKnownError
    assert (caught.value.kind, caught.value.code) == (FaultKind.INTERNAL, "NothingKnownError")
    assert (caught.value.retryable, caught.value.cause) == (False, Cause.SLUICE)


@pytest.mark.parametrize("response", [{}, {"Error": {}}, {"Error": {"Code": None, "Message": None}}])
def test_an_answer_without_a_code_is_unknown(response: dict[str, object]) -> None:
    with pytest.raises(AwsFault) as caught, aws_faults("s3:GetObject"):
        raise boto.ClientError(response, "GetObject")
    assert (caught.value.kind, caught.value.message.code) == (FaultKind.INTERNAL, "aws.unknown_error")


def test_what_is_not_botocores_passes_as_it_is() -> None:
    with pytest.raises(KeyError), aws_faults("s3:GetObject"):
        raise KeyError("ours")
