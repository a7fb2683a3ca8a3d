"""The table: what AWS answered → what kind of fault it is, whether to retry, whose side it is on, and its message."""

from __future__ import annotations

from portal.aws.fault_kinds import FaultKind, Row, row
from portal.messages.message import Cause, Message

_FIREHOSE = "firehose:CreateDeliveryStream firehose:UpdateDestination"

# First match wins: a row that also compares AWS's text precedes the row of its bare code. `operation` in a message is
# filled in by the fault.
TABLE: tuple[Row, ...] = (
    row(
        FaultKind.PROPAGATING,
        Message("aws.firehose_role_propagating"),
        Cause.AWS,
        "InvalidArgumentException",
        saying=(
            # Firehose says these of a role that is seconds old; a role that is wrong for good gets the same text.
            "unable to assume role",
            "Access was denied",
            "is not authorized to",
            "Please make sure the role specified in VpcConfiguration has permissions",
            "Verify that the IAM role has access",
            "The security token included in the request is invalid",
        ),
        operations=_FIREHOSE,
        retryable=True,
    ),
    # https://docs.aws.amazon.com/iot/latest/developerguide/iot-create-role.html
    row(
        FaultKind.PROPAGATING,
        Message("aws.rule_role_propagating"),
        Cause.AWS,
        "InvalidRequestException",
        saying=("unable to assume role", "not authorized to assume", "cannot assume"),
        operations="iot:CreateTopicRule iot:ReplaceTopicRule",
        retryable=True,
    ),
    # A table, subnet or bucket in the delivery's settings, which AWS's text names.
    # https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html#API_CreateDeliveryStream_Errors
    row(
        FaultKind.INVALID,
        Message("aws.firehose_settings_rejected"),
        Cause.CLIENT,
        "InvalidArgumentException",
        operations=_FIREHOSE,
    ),
    row(
        FaultKind.PROPAGATING,
        Message("aws.principal_propagating"),
        Cause.AWS,
        "MalformedPolicyDocument MalformedPolicy MalformedPolicyDocumentException",
        # A key policy can name a principal that KMS does not see yet.
        # https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html#KMS-CreateKey-request-Policy
        saying=("Invalid principal",),
        retryable=True,
    ),
    row(
        FaultKind.PROPAGATING,
        Message("aws.portal_key_unknown"),
        Cause.SLUICE,
        "InvalidClientTokenId UnrecognizedClientException",
        operations="sts:AssumeRole",
        retryable=True,
    ),
    row(
        FaultKind.PROPAGATING,
        Message("aws.access_key_unknown"),
        Cause.CLIENT,
        "InvalidClientTokenId UnrecognizedClientException InvalidAccessKeyId",
        retryable=True,
    ),
    row(
        FaultKind.THROTTLED,
        Message("aws.throttled"),
        Cause.AWS,
        "LimitExceededException LimitExceeded",
        # At most five streams can simultaneously be in CREATING or DELETING.
        # https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html#API_CreateStream_Errors
        saying=(
            "rate exceeded",
            "too many requests",
            "requests per second",
            "in CREATING",
            "in the CREATING",
            "concurrent",
            "concurrently",
        ),
        retryable=True,
    ),
    row(
        FaultKind.THROTTLED,
        Message("aws.throttled"),
        Cause.AWS,
        "Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException "
        "TooManyRequestsException TransactionInProgressException RequestLimitExceeded BandwidthLimitExceeded SlowDown "
        "PriorRequestNotComplete KMSThrottlingException",
        retryable=True,
    ),
    row(
        FaultKind.THROTTLED,
        Message("aws.shard_throttled"),
        Cause.CLIENT,
        "ProvisionedThroughputExceededException",
        retryable=True,
    ),
    row(
        FaultKind.DENIED,
        Message("aws.no_portal_credentials"),
        Cause.SLUICE,
        "NoCredentialsError PartialCredentialsError ProfileNotFound CredentialRetrievalError TokenRetrievalError",
    ),
    row(
        FaultKind.DENIED,
        Message("aws.session_expired"),
        Cause.SLUICE,
        "ExpiredToken ExpiredTokenException RequestExpired TokenRefreshRequired",
        retryable=True,
    ),
    row(
        FaultKind.DENIED,
        Message("aws.signature_rejected"),
        Cause.SLUICE,
        "SignatureDoesNotMatch InvalidSignatureException IncompleteSignature MissingAuthenticationToken "
        "RequestTimeTooSkewed",
    ),
    row(
        FaultKind.DENIED,
        Message("aws.kms_access_denied", operation=""),
        Cause.CLIENT,
        "KMSAccessDeniedException",
    ),
    row(
        FaultKind.DENIED,
        Message("aws.region_not_enabled"),
        Cause.CLIENT,
        "OptInRequired KMSOptInRequired RegionDisabledException SubscriptionRequiredException",
    ),
    row(
        FaultKind.ROLE_DENIED,
        Message("aws.assume_role_denied"),
        Cause.CLIENT,
        "AccessDenied AccessDeniedException",
        operations="sts:AssumeRole",
    ),
    row(
        FaultKind.DENIED,
        Message("aws.access_denied", operation=""),
        Cause.CLIENT,
        "AccessDenied AccessDeniedException UnauthorizedOperation AuthorizationError AuthorizationErrorException "
        "NotAuthorized NotAuthorizedException Forbidden UnauthorizedAccess AllAccessDisabled UnauthorizedException "
        "403",
    ),
    row(
        FaultKind.CONFLICT,
        Message("aws.bucket_name_taken"),
        Cause.CLIENT,
        "BucketAlreadyExists",
    ),
    row(
        FaultKind.CONFLICT,
        Message("aws.already_exists"),
        Cause.CLIENT,
        "ResourceInUseException",
        operations="kinesis:CreateStream firehose:CreateDeliveryStream",
    ),
    row(
        FaultKind.CONFLICT,
        Message("aws.already_exists"),
        Cause.CLIENT,
        "EntityAlreadyExists EntityAlreadyExistsException ResourceAlreadyExistsException BucketAlreadyOwnedByYou "
        "AlreadyExistsException",
    ),
    row(
        FaultKind.CONFLICT,
        Message("aws.still_in_use"),
        Cause.CLIENT,
        "DeleteConflict DeleteConflictException BucketNotEmpty",
    ),
    row(
        FaultKind.CONFLICT,
        Message("aws.change_in_progress"),
        Cause.AWS,
        "ResourceInUseException ConcurrentModification ConcurrentModificationException OperationAborted "
        "EntityTemporarilyUnmodifiable OperationAbortedException ConflictException ConflictingResourceUpdateException "
        "VersionConflictException",
        retryable=True,
    ),
    row(
        FaultKind.QUOTA,
        Message("aws.mode_switches_used"),
        Cause.CLIENT,
        "LimitExceededException",
        operations="kinesis:UpdateStreamMode",
    ),
    row(
        FaultKind.QUOTA,
        Message("aws.shard_changes_used"),
        Cause.CLIENT,
        "LimitExceededException",
        operations="kinesis:UpdateShardCount",
        saying=("24 hour", "24-hour", "rolling", "times"),
    ),
    row(
        FaultKind.QUOTA,
        Message("aws.shard_quota"),
        Cause.CLIENT,
        "LimitExceededException",
        operations="kinesis:UpdateShardCount kinesis:CreateStream",
        saying=("shard",),
    ),
    row(
        FaultKind.QUOTA,
        Message("aws.quota_reached"),
        Cause.CLIENT,
        "LimitExceeded LimitExceededException ServiceQuotaExceededException TooManyBuckets QuotaExceededException "
        "VersionsLimitExceededException",
    ),
    row(
        FaultKind.NOT_FOUND,
        Message("aws.not_found"),
        Cause.CLIENT,
        "NoSuchEntity NoSuchEntityException NoSuchBucket NoSuchKey NoSuchBucketPolicy NoSuchTagSet "
        "NoSuchPublicAccessBlockConfiguration ServerSideEncryptionConfigurationNotFoundError ResourceNotFoundException "
        "ResourceNotFound NotFoundException NotFound KMSNotFoundException EntityNotFoundException 404",
    ),
    row(
        FaultKind.INVALID,
        Message("aws.kms_key_unusable"),
        Cause.CLIENT,
        "KMSDisabledException KMSInvalidStateException DisabledException InvalidKMSResourceException",
    ),
    # Of a service-linked role: only its service changes or deletes it.
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html#API_DeleteRole_Errors
    row(
        FaultKind.INVALID,
        Message("aws.unmodifiable_entity"),
        Cause.CLIENT,
        "UnmodifiableEntity UnmodifiableEntityException",
    ),
    # Records from elsewhere, while the Firehose stream decompresses those of CloudWatch Logs.
    # https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecord.html#API_PutRecord_Errors
    row(
        FaultKind.INVALID,
        Message("aws.firehose_source_rejected"),
        Cause.CLIENT,
        "InvalidSourceException",
    ),
    # CloudWatch Logs, of what is protected or belongs to another service; no model of the SDK lists it.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/protecting-log-groups-from-deletion.html
    row(
        FaultKind.INVALID,
        Message("aws.operation_not_permitted"),
        Cause.CLIENT,
        "OperationNotPermittedException",
    ),
    row(
        FaultKind.INVALID,
        Message("aws.no_fips_endpoint"),
        Cause.CLIENT,
        "NoFipsEndpoint",  # raised by portal.aws.session before a call is made
    ),
    row(
        FaultKind.INVALID,
        Message("aws.iterator_expired"),
        Cause.SLUICE,
        "ExpiredIteratorException",
    ),
    row(
        FaultKind.INVALID,
        Message("aws.invalid_value"),
        Cause.SLUICE,
        "ValidationException ValidationError InvalidArgumentException InvalidArgument InvalidParameterException "
        "InvalidParameterValue InvalidParameterCombination InvalidParameter InvalidInput InvalidRequest "
        "InvalidBucketName InvalidTag InvalidLocationConstraint IllegalLocationConstraintException "
        "MalformedPolicyDocument MalformedPolicy MalformedPolicyDocumentException MalformedXML "
        "ParamValidationError InvalidRegionError InvalidArnException InvalidToken InvalidRequestException "
        "SqlParseException MalformedPolicyException CertificateStateException 400",
    ),
    row(
        FaultKind.UNREACHABLE,
        Message("aws.unreachable"),
        Cause.NETWORK,
        "EndpointConnectionError ConnectTimeoutError ReadTimeoutError ConnectionClosedError ConnectionError "
        "ProxyConnectionError SSLError HTTPClientError IncompleteReadError FlexibleChecksumError",
        retryable=True,
    ),
    # The call can be repeated. https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html#API_Decrypt_Errors
    row(
        FaultKind.INTERNAL,
        Message("aws.kms_key_unavailable"),
        Cause.AWS,
        "KeyUnavailableException",
        retryable=True,
    ),
    row(
        FaultKind.INTERNAL,
        Message("aws.internal_error"),
        Cause.AWS,
        "InternalFailure InternalError InternalServerError InternalFailureException ServiceFailure "
        "ServiceFailureException ServiceUnavailable ServiceUnavailableException RequestTimeout RequestTimeoutException "
        "KMSInternalException DependencyTimeoutException 500 502 503 504",
        retryable=True,
    ),
)

UNKNOWN = row(FaultKind.INTERNAL, Message("aws.unknown_error"), Cause.SLUICE, "")

OF_KIND: dict[FaultKind, Row] = {entry.kind: entry for entry in TABLE} | {FaultKind.INTERNAL: UNKNOWN}


def row_for(code: str, aws_text: str, operation: str = "") -> Row | None:
    """Return the first row that matches an error, or None."""
    return next((entry for entry in TABLE if entry.matches(code, aws_text, operation)), None)


def row_of_kind(kind: FaultKind, code: str, aws_text: str, operation: str) -> Row:
    """Return the row of a fault of this kind: that of its text, else the first of its code, else one of the kind.

    The text may be shorter than the one by which the fault was classified.
    """
    found = row_for(code, aws_text, operation)
    if found is not None and found.kind is kind:
        return found
    of_code = (entry for entry in TABLE if entry.kind is kind and entry.has(code, operation))
    return next(of_code, OF_KIND[kind])
