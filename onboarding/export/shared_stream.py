"""What someone in another account needs to read a stream that is shared with them: files without secrets.

share_function.py has the sample function, share_scripts.py the scripts for the AWS CLI. Like every exported file, these
are English whatever their reader's language.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from onboarding.export.share_function import FUNCTION, SAMPLE_EVENT
from onboarding.export.share_scripts import CHECK, MAPPING
from onboarding.sharing.principals import Principal
from portal.aws.cloudformation_yaml import as_yaml
from portal.aws.policies.consumers import READ_BY_FAN_OUT, READ_STREAM
from portal.aws.policies.statements import Document, allow, document, via_service
from portal.placeholders import filled

BATCH_SIZE, RETRIES = 100, 3
# Of the role of a reader that is an account: the person who sets it up chooses which.
ANY_ROLE = "THE-ROLE-THAT-READS"


@dataclass(frozen=True, slots=True)
class SharedStream:
    """A data stream as its reader sees it.

    `key_arn` is that of the customer managed key, `consumer_arn` that of the registered consumer it is read as, or "".
    """

    label: str
    reader: Principal
    stream_arn: str
    region: str
    account_id: str
    partition: str = "aws"
    key_arn: str = ""
    consumer_arn: str = ""

    @property
    def source_arn(self) -> str:
        """Return what an event source mapping reads: the registered consumer, or the stream."""
        return self.consumer_arn or self.stream_arn

    @property
    def role_name(self) -> str:
        """Return the name of the role that reads; a placeholder where the stream is shared with an account or user."""
        return self.reader.name if self.reader.kind == "role" else ANY_ROLE

    @property
    def policy_name(self) -> str:
        """Return the name of the inline policy that the files give the role."""
        return f"read-shared-stream-{self.label}"


# https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
def reader_policy(shared: SharedStream) -> Document:
    """Return the policy of the role that reads: the other half of the share, in the reader's own account."""
    statements = [allow("ReadSharedStream", READ_STREAM, shared.stream_arn)]
    if shared.consumer_arn:
        statements.append(allow("ReadAsConsumer", READ_BY_FAN_OUT, shared.consumer_arn))
    if shared.key_arn:
        service = via_service("kinesis", shared.region, partition=shared.partition)
        through = {"StringEquals": {"kms:ViaService": service}}
        statements.append(allow("DecryptRecords", ["kms:Decrypt"], shared.key_arn, condition=through))
    return document(*statements)


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
def mapping_template(shared: SharedStream) -> str:
    """Return the policy and the event source mapping of a function as a CloudFormation template, as YAML."""
    policy = {
        "PolicyName": shared.policy_name,
        "RoleName": {"Ref": "RoleName"},
        "PolicyDocument": reader_policy(shared),
    }
    mapping = {
        "EventSourceArn": shared.source_arn,
        "FunctionName": {"Ref": "FunctionName"},
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": BATCH_SIZE,
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": RETRIES,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    role = {"Type": "String", "Description": "The execution role of the function, by its name."}
    function = {"Type": "String", "Description": "The Lambda function that AWS calls with the records, by its name."}
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Reads data stream {shared.stream_arn} with a Lambda function.",
        "Parameters": {
            "FunctionName": function,
            "RoleName": role | ({"Default": shared.role_name} if shared.reader.kind == "role" else {}),
        },
        "Resources": {
            "ReadStream": {"Type": "AWS::IAM::RolePolicy", "Properties": policy},
            "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "DependsOn": ["ReadStream"], "Properties": mapping},
        },
    }
    return _head(shared) + as_yaml(template)


def files_of(shared: SharedStream) -> dict[str, str]:
    """Return every file of the reader's side by its name."""
    values = {
        "stream_arn": shared.stream_arn,
        "source_arn": shared.source_arn,
        "region": shared.region,
        "reader_account": shared.reader.account_id,
        "role": shared.role_name,
        "policy_name": shared.policy_name,
        "policy": json.dumps(reader_policy(shared), indent=2),
        "batch_size": str(BATCH_SIZE),
        "retries": str(RETRIES),
    }
    return {
        "reader-policy.json": values["policy"] + "\n",
        "event-source-mapping.sh": filled(MAPPING, values),
        "event-source-mapping.yaml": mapping_template(shared),
        "function.py": FUNCTION,
        "sample-event.json": filled(SAMPLE_EVENT, values),
        "check.sh": filled(CHECK, values),
    }


def _head(shared: SharedStream) -> str:
    return (
        f"# Create a stack from it in account {shared.reader.account_id} and Region {shared.region},\n"
        "# where the function must be too, with the capability CAPABILITY_IAM. It contains no secret.\n"
    )
