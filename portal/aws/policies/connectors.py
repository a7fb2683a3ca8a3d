"""What the tools that read a data stream need in addition to the consumer policy."""

from __future__ import annotations

from portal.aws.policies.producer import consumer_policy
from portal.aws.policies.statements import Arn, Document, allow, document

_ITEMS = ("GetItem", "PutItem", "UpdateItem", "DeleteItem")


# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html
def assume_role_policy(role_arn: str) -> Document:
    """Return the policy of a program that assumes one role."""
    return document(allow("AssumeTheConsumerRole", ["sts:AssumeRole"], role_arn))


# https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
def service_trust(service: str) -> Document:
    """Return the trust policy of a role that a service of AWS assumes, such as lambda.amazonaws.com."""
    principal = {"Service": service}
    statement = {"Sid": "TheService", "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return document(statement)


# https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
def function_policy(stream_arn: str, key_arn: str | None, function_name: str) -> Document:
    """Return the policy of the execution role of a function that reads one data stream and writes its own log."""
    stream = Arn.parse(stream_arn)
    group = f"arn:{stream.partition}:logs:{stream.region}:{stream.account_id}:log-group:/aws/lambda/{function_name}"
    writes = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    reads = consumer_policy(stream_arn, key_arn)["Statement"]
    return document(*reads, allow("WriteItsLog", writes, [group, f"{group}:*"]))


def kcl_policy(stream_arn: str, key_arn: str | None, application: str) -> Document:
    """Return the policy of an application with KCL 3 that signs in as itself: the stream, its tables, its metrics.

    RegisterStreamConsumer is not allowed: the application names a registered consumer, or shares reads.
    """
    reads, own = consumer_policy(stream_arn, key_arn), kcl_tables_policy(stream_arn, application)
    return document(*reads["Statement"], *own["Statement"])


# https://docs.aws.amazon.com/streams/latest/dev/kcl-iam-permissions.html (read 2026-11-30)
def kcl_tables_policy(stream_arn: str, application: str) -> Document:
    """Return the policy for the three DynamoDB tables and the metrics of an application with KCL 3."""
    stream = Arn.parse(stream_arn)
    table = f"arn:{stream.partition}:dynamodb:{stream.region}:{stream.account_id}:table/{application}"
    both = [*(f"dynamodb:{item}" for item in _ITEMS), "dynamodb:Scan", "dynamodb:CreateTable", "dynamodb:DescribeTable"]
    return document(
        allow("Leases", [*both, "dynamodb:UpdateTable"], table),
        allow("WorkersOfLeases", ["dynamodb:Query"], f"{table}/index/*"),
        allow("WorkersAndCoordinator", both, [f"{table}-WorkerMetricStats", f"{table}-CoordinatorState"]),
        allow("Metrics", ["cloudwatch:PutMetricData"], "*"),
    )


# https://github.com/awslabs/spark-sql-kinesis-connector
def registering_policy(stream_arn: str, key_arn: str | None, consumer_name: str) -> Document:
    """Return the policy of a tool that registers and deregisters its own consumer with enhanced fan-out."""
    consumer = f"{stream_arn}/consumer/{consumer_name}:*"
    return document(
        *consumer_policy(stream_arn, key_arn)["Statement"],
        allow("RegisterItsConsumer", ["kinesis:RegisterStreamConsumer", "kinesis:ListStreamConsumers"], stream_arn),
        allow("DeregisterItsConsumer", ["kinesis:DeregisterStreamConsumer"], consumer),
    )


# https://docs.influxdata.com/telegraf/v1/input-plugins/kinesis_consumer/
def checkpoint_policy(stream_arn: str, key_arn: str | None, table_name: str) -> Document:
    """Return the policy of a tool that keeps its positions in one table of DynamoDB, which exists."""
    stream = Arn.parse(stream_arn)
    table = f"arn:{stream.partition}:dynamodb:{stream.region}:{stream.account_id}:table/{table_name}"
    items = ["dynamodb:GetItem", "dynamodb:PutItem"]
    return document(*consumer_policy(stream_arn, key_arn)["Statement"], allow("Positions", items, table))
