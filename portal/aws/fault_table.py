"""The table: what AWS said → what kind of fault it is, whether repeating helps, and the words a person reads."""

from __future__ import annotations

from portal.aws.fault_kinds import AWS, CLIENT, NETWORK, PORTAL, FaultKind, Row, row

# First match wins: a row that also looks at the message stands before the row of its bare code.
TABLE: tuple[Row, ...] = (
    row(
        FaultKind.PROPAGATING,
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
        retryable=True,
        what="Firehose cannot use its role yet.",
        whose=AWS,
        todo="A new role takes up to two minutes to be known everywhere. Sluice keeps trying; if it goes on, "
        "check that nobody changed the role's trust policy or permissions.",
    ),
    row(
        FaultKind.PROPAGATING,
        "MalformedPolicyDocument MalformedPolicy",
        saying=("Invalid principal",),
        retryable=True,
        what="A policy names a user or role that AWS does not know yet.",
        whose=AWS,
        todo="A new user or role takes some seconds to be known everywhere. Sluice keeps trying.",
    ),
    row(
        FaultKind.PROPAGATING,
        "InvalidClientTokenId UnrecognizedClientException",
        operations="sts:AssumeRole",
        retryable=True,
        what="AWS does not know Sluice's own access key.",
        whose=PORTAL,
        todo="A new access key takes some seconds to be known everywhere. If it goes on, the operator of Sluice must "
        "give it a valid one.",
    ),
    row(
        FaultKind.PROPAGATING,
        "InvalidClientTokenId UnrecognizedClientException InvalidAccessKeyId",
        retryable=True,
        what="AWS does not know the access key.",
        whose=CLIENT,
        todo="A new access key takes some seconds to be known everywhere. If it goes on, the key is inactive or "
        "deleted: look at the user in IAM.",
    ),
    row(
        FaultKind.THROTTLED,
        "LimitExceededException LimitExceeded",
        saying=("rate exceeded", "too many requests", "requests per second", "creating", "concurrent"),
        retryable=True,
        what="AWS asks to be called less often.",
        whose=AWS,
        todo="Nothing: Sluice tries again by itself.",
    ),
    row(
        FaultKind.THROTTLED,
        "Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException "
        "TooManyRequestsException TransactionInProgressException RequestLimitExceeded BandwidthLimitExceeded SlowDown "
        "PriorRequestNotComplete KMSThrottlingException",
        retryable=True,
        what="AWS asks to be called less often.",
        whose=AWS,
        todo="Nothing: Sluice tries again by itself.",
    ),
    row(
        FaultKind.THROTTLED,
        "ProvisionedThroughputExceededException",
        retryable=True,
        what="A shard of the data stream gets or is asked for more than it can carry.",
        whose=CLIENT,
        todo="Sluice tries again by itself. If it happens often, raise the number of shards.",
    ),
    row(
        FaultKind.DENIED,
        "NoCredentialsError PartialCredentialsError ProfileNotFound CredentialRetrievalError TokenRetrievalError",
        what="Sluice has no AWS identity of its own to call with.",
        whose=PORTAL,
        todo="The operator of Sluice must give it an AWS access key, profile or instance role.",
    ),
    row(
        FaultKind.DENIED,
        "ExpiredToken ExpiredTokenException RequestExpired TokenRefreshRequired",
        retryable=True,
        what="The session with your AWS account has expired.",
        whose=PORTAL,
        todo="Nothing: Sluice opens a new session and tries again.",
    ),
    row(
        FaultKind.DENIED,
        "SignatureDoesNotMatch InvalidSignatureException IncompleteSignature MissingAuthenticationToken "
        "RequestTimeTooSkewed",
        what="AWS did not accept the signature of the call.",
        whose=PORTAL,
        todo="The secret access key does not belong to its access key ID, or the clock of the machine is wrong.",
    ),
    row(
        FaultKind.DENIED,
        "KMSAccessDeniedException",
        what="The encryption key of the data stream may not be used.",
        whose=CLIENT,
        todo="Let the key's policy allow the caller, then try again.",
    ),
    row(
        FaultKind.DENIED,
        "OptInRequired KMSOptInRequired RegionDisabledException SubscriptionRequiredException",
        what="Your AWS account is not signed up for this service in this Region.",
        whose=CLIENT,
        todo="Enable the Region or service in the account, or choose another Region.",
    ),
    row(
        FaultKind.DENIED,
        "AccessDenied AccessDeniedException",
        operations="sts:AssumeRole",
        what="The role does not let Sluice in, or it does not exist.",
        whose=CLIENT,
        todo="Compare the role's trust policy with Sluice's template: both name the principal and the external ID.",
    ),
    row(
        FaultKind.DENIED,
        "AccessDenied AccessDeniedException UnauthorizedOperation AuthorizationError AuthorizationErrorException "
        "NotAuthorized NotAuthorizedException Forbidden UnauthorizedAccess AllAccessDisabled 403",
        what="AWS refused the call: the role or key has no right to it.",
        whose=CLIENT,
        todo="Compare the role with Sluice's template; a policy of your organisation may refuse it too.",
    ),
    row(
        FaultKind.CONFLICT,
        "BucketAlreadyExists",
        what="The bucket name is taken: bucket names are shared by all AWS accounts.",
        whose=CLIENT,
        todo="Choose another bucket name.",
    ),
    row(
        FaultKind.CONFLICT,
        "ResourceInUseException",
        operations="kinesis:CreateStream firehose:CreateDeliveryStream",
        what="Something of this name exists already.",
        whose=CLIENT,
        todo="Choose another name, or remove what bears it.",
    ),
    row(
        FaultKind.CONFLICT,
        "EntityAlreadyExists EntityAlreadyExistsException ResourceAlreadyExistsException BucketAlreadyOwnedByYou "
        "AlreadyExistsException",
        what="Something of this name exists already.",
        whose=CLIENT,
        todo="Choose another name, or remove what bears it.",
    ),
    row(
        FaultKind.CONFLICT,
        "DeleteConflict DeleteConflictException BucketNotEmpty",
        what="It is still in use, so AWS does not delete it.",
        whose=CLIENT,
        todo="Remove what depends on it first.",
    ),
    row(
        FaultKind.CONFLICT,
        "ResourceInUseException ConcurrentModification ConcurrentModificationException OperationAborted "
        "EntityTemporarilyUnmodifiable OperationAbortedException ConflictException",
        retryable=True,
        what="Another change to it is still under way.",
        whose=AWS,
        todo="Nothing: Sluice tries again when the change is done.",
    ),
    row(
        FaultKind.QUOTA,
        "LimitExceededException",
        operations="kinesis:UpdateStreamMode",
        what="AWS switches the capacity mode of a stream twice in 24 hours, and that is used up.",
        whose=CLIENT,
        todo="Try again when 24 hours have passed since the switch before the last one; the stream goes on as it is.",
    ),
    row(
        FaultKind.QUOTA,
        "LimitExceededException",
        operations="kinesis:UpdateShardCount",
        saying=("24 hour", "24-hour", "rolling", "times"),
        what="AWS changes the number of shards of a stream ten times in 24 hours, and that is used up.",
        whose=CLIENT,
        todo="Try again when 24 hours have passed since the oldest of them; the stream goes on with the shards it has.",
    ),
    row(
        FaultKind.QUOTA,
        "LimitExceededException",
        operations="kinesis:UpdateShardCount kinesis:CreateStream",
        saying=("shard",),
        what="Your AWS account has no room for so many shards in this Region.",
        whose=CLIENT,
        todo="Ask for fewer shards, or ask AWS in Service Quotas for more “Shards per Region”, then try again.",
    ),
    row(
        FaultKind.QUOTA,
        "LimitExceeded LimitExceededException ServiceQuotaExceededException TooManyBuckets QuotaExceededException",
        what="A quota of your AWS account is reached.",
        whose=CLIENT,
        todo="Remove what is no longer needed, or ask AWS in Service Quotas to raise the quota, then try again.",
    ),
    row(
        FaultKind.NOT_FOUND,
        "NoSuchEntity NoSuchEntityException NoSuchBucket NoSuchKey NoSuchBucketPolicy NoSuchTagSet "
        "NoSuchPublicAccessBlockConfiguration ServerSideEncryptionConfigurationNotFoundError ResourceNotFoundException "
        "ResourceNotFound NotFoundException NotFound KMSNotFoundException 404",
        what="It does not exist in your AWS account and Region.",
        whose=CLIENT,
        todo="Check name and Region. If it was deleted by hand, run the setup again.",
    ),
    row(
        FaultKind.INVALID,
        "KMSDisabledException KMSInvalidStateException DisabledException InvalidKMSResourceException",
        what="The encryption key cannot be used: it is disabled, being deleted, or in another Region.",
        whose=CLIENT,
        todo="Enable the key in KMS, or choose another one.",
    ),
    row(
        FaultKind.INVALID,
        "ExpiredIteratorException",
        what="A place in a shard was kept for longer than five minutes.",
        whose=PORTAL,
        todo="Nothing: Sluice takes a new one.",
    ),
    row(
        FaultKind.INVALID,
        "ValidationException ValidationError InvalidArgumentException InvalidArgument InvalidParameterException "
        "InvalidParameterValue InvalidParameterCombination InvalidParameter InvalidInput InvalidRequest "
        "InvalidBucketName InvalidTag InvalidLocationConstraint IllegalLocationConstraintException "
        "MalformedPolicyDocument MalformedPolicy MalformedXML "
        "ParamValidationError InvalidRegionError InvalidArnException InvalidToken 400",
        what="AWS does not accept a value.",
        whose=PORTAL,
        todo="Read AWS's own words below; they name the value.",
    ),
    row(
        FaultKind.UNREACHABLE,
        "EndpointConnectionError ConnectTimeoutError ReadTimeoutError ConnectionClosedError ConnectionError "
        "ProxyConnectionError SSLError HTTPClientError",
        retryable=True,
        what="AWS could not be reached.",
        whose=NETWORK,
        todo="Sluice tries again by itself. If it goes on, the operator of Sluice must look at the network.",
    ),
    row(
        FaultKind.INTERNAL,
        "InternalFailure InternalError InternalServerError InternalFailureException ServiceFailure "
        "ServiceFailureException ServiceUnavailable ServiceUnavailableException RequestTimeout RequestTimeoutException "
        "KMSInternalException DependencyTimeoutException 500 502 503 504",
        retryable=True,
        what="AWS had an error of its own.",
        whose=AWS,
        todo="Nothing: Sluice tries again by itself.",
    ),
)

UNKNOWN = row(
    FaultKind.INTERNAL,
    "",
    what="AWS answered something Sluice does not know.",
    whose=PORTAL,
    todo="Tell the operator of Sluice; AWS's own words are below.",
)

OF_KIND: dict[FaultKind, Row] = {one.kind: one for one in TABLE} | {FaultKind.INTERNAL: UNKNOWN}


def row_for(code: str, message: str, operation: str = "") -> Row | None:
    """Return the first row that fits an error, or None."""
    return next((one for one in TABLE if one.fits(code, message, operation)), None)
