"""What devices may do through AWS IoT Core, what their rule may do, and what Sluice needs to set both up."""

from __future__ import annotations

from portal.aws.policies.statements import Arn, Document, Statement, allow, document, via_service

LOG_GROUPS = "/sluice/devices/"
RULE_PREFIX = "${RulePrefix}"
WRITE_LOG = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")


# https://docs.aws.amazon.com/iot/latest/developerguide/thing-policy-variables.html
# https://docs.aws.amazon.com/iot/latest/developerguide/pub-sub-policy.html
def device_policy(region: str, account_id: str, topic_prefix: str, partition: str = "aws") -> Document:
    """Return the policy of every device's certificate: to connect under its own name, and publish below it only.

    The client ID has to be the name of the thing that the certificate is attached to. A device receives nothing.
    """
    place = f"arn:{partition}:iot:{region}:{account_id}"
    thing = "${iot:Connection.Thing.ThingName}"
    attached = {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}
    return document(
        allow("ConnectAsThing", ["iot:Connect"], f"{place}:client/{thing}", condition=attached),
        allow("PublishOwnTopics", ["iot:Publish"], f"{place}:topic/{topic_prefix}/{thing}/*", condition=attached),
    )


# https://docs.aws.amazon.com/iot/latest/developerguide/cross-service-confused-deputy-prevention.html
def rule_trust_policy(account_id: str, rule_arn: str) -> Document:
    """Return the trust policy of the rule's role: AWS IoT, for this rule of this account only."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "IotForThisRule",
                "Effect": "Allow",
                "Principal": {"Service": "iot.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account_id},
                    "ArnEquals": {"aws:SourceArn": rule_arn},
                },
            }
        ],
    }


# https://docs.aws.amazon.com/iot/latest/developerguide/kinesis-rule-action.html
# https://docs.aws.amazon.com/iot/latest/developerguide/cloudwatch-logs-rule-action.html
def rule_role_policy(stream_arn: str, log_group_arn: str, key_arn: str | None = None) -> Document:
    """Return the policy of the rule's role: to put records into one data stream, and its errors into one log group.

    `key_arn` is the customer-managed key of the data stream.
    """
    stream = Arn.parse(stream_arn)
    through = via_service("kinesis", stream.region, partition=stream.partition)
    condition = {"StringEquals": {"kms:ViaService": through}}
    key = [] if key_arn is None else [allow("EncryptRecords", ["kms:GenerateDataKey"], key_arn, condition=condition)]
    group = log_group_arn.removesuffix(":*")
    return document(
        allow("PutRecords", ["kinesis:PutRecord"], stream_arn), *key, allow("WriteErrors", WRITE_LOG, f"{group}:*")
    )


def device_log_boundary(account_id: str, name_prefix: str, partition: str = "aws") -> Statement:
    """Return the boundary's statement for the errors of rules."""
    groups = f"arn:{partition}:logs:*:{account_id}:log-group:{LOG_GROUPS}{name_prefix}*"
    return allow("DeviceErrors", WRITE_LOG, groups)


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiot.html
def device_statements(
    account_id: str, name_prefix: str, partition: str, own_policies: list[str], iam: str
) -> list[Statement]:
    """Return the statements of the grant on thing types, groups, policies and rules whose names begin with the prefix.

    Names of rules have no hyphen, so theirs begin with the prefix in underscores.
    """
    place = f"arn:{partition}:iot:*:{account_id}"
    types, things, policies = (f"{place}:{kind}/{name_prefix}*" for kind in ("thingtype", "thinggroup", "policy"))
    thing = f"{place}:thing/{name_prefix}*"
    rules = f"{place}:rule/{rule_prefix(name_prefix)}*"
    groups = f"arn:{partition}:logs:*:{account_id}:log-group:{LOG_GROUPS}{name_prefix}*"
    passed = {"StringEquals": {"iam:PassedToService": "iot.amazonaws.com"}}
    return [
        allow("SeeDevicePolicies", ["iam:GetPolicy", "iam:GetPolicyVersion"], own_policies),
        allow("ThingTypes", ["iot:CreateThingType", "iot:DescribeThingType", "iot:DeprecateThingType"], types),
        allow("ThingGroups", ["iot:CreateThingGroup", "iot:DescribeThingGroup"], things),
        allow("DevicePolicies", _POLICIES, policies),
        allow("TopicRules", ["iot:CreateTopicRule", "iot:GetTopicRule", "iot:ReplaceTopicRule"], rules),
        allow("Things", ["iot:CreateThing", "iot:DescribeThing", "iot:DeleteThing"], thing),
        allow("GroupThings", ["iot:AddThingToThingGroup"], [things, thing]),
        # Certificates have no names and no tags, so these cannot be limited to those of devices.
        allow(
            "FindCertificates", ["iot:CreateCertificateFromCsr", "iot:ListCertificates", "iot:DescribeEndpoint"], "*"
        ),
        allow("Certificates", _CERTIFICATES, f"{place}:cert/*"),
        allow(
            "AttachCertificates", ["iot:AttachThingPrincipal", "iot:DetachThingPrincipal"], [thing, f"{place}:cert/*"]
        ),
        allow("DeviceTags", ["iot:TagResource", "iot:ListTagsForResource"], [types, things, policies, rules]),
        allow("DeleteThingTypes", ["iot:DeleteThingType"], types),
        allow("DeleteThingGroups", ["iot:DeleteThingGroup"], things),
        allow("DeleteDevicePolicies", ["iot:DeletePolicy"], policies),
        allow("DeleteTopicRules", ["iot:DeleteTopicRule"], rules),
        allow("PassToIot", ["iam:PassRole"], f"{iam}:role/sluice/*", condition=passed),
        allow("DeviceLogs", _LOGS, groups),
        allow("DeleteDeviceLogs", ["logs:DeleteLogGroup"], groups),
    ]


def rule_prefix(name_prefix: str) -> str:
    """Return a name prefix as the names of rules begin with it; of the hosted template's parameter another place."""
    return RULE_PREFIX if name_prefix.startswith("${") else name_prefix.replace("-", "_")


_POLICIES = (
    "iot:CreatePolicy",
    "iot:GetPolicy",
    "iot:CreatePolicyVersion",
    "iot:ListPolicyVersions",
    "iot:DeletePolicyVersion",
)
_CERTIFICATES = (
    "iot:DescribeCertificate",
    "iot:UpdateCertificate",
    "iot:DeleteCertificate",
    "iot:AttachPolicy",
    "iot:DetachPolicy",
)
_LOGS = (
    "logs:CreateLogGroup",
    "logs:TagResource",
    "logs:ListTagsForResource",
    "logs:PutRetentionPolicy",
    "logs:DeleteRetentionPolicy",
)
