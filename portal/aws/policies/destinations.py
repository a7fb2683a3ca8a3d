"""The statements of Firehose's role for each kind of destination, besides the stream, the bucket and the log group."""

from __future__ import annotations

from collections.abc import Sequence

from portal.aws.policies.statements import Arn, Statement, allow, via_service


# https://docs.aws.amazon.com/firehose/latest/dev/using-secrets-manager.html
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
def read_secret(secret_arn: str) -> list[Statement]:
    """Return the statements to read one secret, and to decrypt only it where the client's own key encrypts it."""
    secret = Arn.parse(secret_arn)
    key = f"arn:{secret.partition}:kms:{secret.region}:{secret.account_id}:key/*"
    through = via_service("secretsmanager", secret.region, partition=secret.partition)
    # The key of the secret is not known here; Secrets Manager names the secret in its request to KMS.
    this_secret = {"kms:ViaService": through, "kms:EncryptionContext:SecretARN": secret_arn}
    return [
        allow("ReadTheSecret", ["secretsmanager:GetSecretValue"], secret_arn),
        allow("DecryptTheSecret", ["kms:Decrypt"], key, condition={"StringEquals": this_secret}),
    ]


# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-lambda
def invoke_function(function_arn: str) -> Statement:
    """Return the statement to invoke one Lambda function, in any version."""
    actions = ["lambda:InvokeFunction", "lambda:GetFunctionConfiguration"]
    return allow("TransformRecords", actions, [function_arn, f"{function_arn}:*"])


# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-glue
def read_schema(catalog_arn: str, database: str, table: str) -> Statement:
    """Return the statement to read the schema of one Glue table."""
    actions = ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"]
    return allow("ReadTheSchema", actions, _tables(catalog_arn, [(database, table)]))


# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-es
def index_in_domain(domain_arn: str, index: str) -> list[Statement]:
    """Return the statements to describe one OpenSearch domain, to index documents, and for the checks of Firehose."""
    checked = (
        "_all/_settings",
        "_cluster/stats",
        f"{index}*/_mapping*",
        "_nodes",
        "_nodes/stats",
        "_nodes/*/stats",
        "_stats",
        f"{index}*/_stats",
    )
    both = [domain_arn, f"{domain_arn}/*"]
    describe = ["es:DescribeDomain", "es:DescribeDomains", "es:DescribeDomainConfig"]
    return [
        allow("IndexDocuments", [*describe, "es:ESHttpPost", "es:ESHttpPut"], both),
        allow("LookAtTheDomain", ["es:ESHttpGet"], [f"{domain_arn}/{path}" for path in checked]),
    ]


# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-serverless
def enter_collection(collection_arn: str) -> Statement:
    """Return the statement to access one OpenSearch Serverless collection; its data access policy grants the rest."""
    return allow("EnterTheCollection", ["aoss:APIAccessAll"], collection_arn)


# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-es-vpc
def network_interfaces(interfaces_arn: str, placed_in: Sequence[str]) -> list[Statement]:
    """Return the statements for network interfaces in a VPC; creation is limited to `placed_in`."""
    describe = ("Vpcs", "VpcAttribute", "Subnets", "SecurityGroups", "NetworkInterfaces")
    return [
        allow("LookAtTheVpc", [f"ec2:Describe{what}" for what in describe], "*"),
        allow("MakeInterfaces", ["ec2:CreateNetworkInterface"], [interfaces_arn, *placed_in]),
        allow("UseInterfaces", ["ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface"], interfaces_arn),
    ]


# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-s3-tables
def commit_tables(
    catalog_arn: str, tables: Sequence[tuple[str, str]], bucket_arn: str, *, may_delete: bool
) -> list[Statement]:
    """Return the statements to commit to Iceberg tables, by (database, table), and to write their files to a bucket.

    `may_delete` is for rows that are updated: their files are replaced.
    """
    objects = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject", *(["s3:DeleteObject"] if may_delete else [])]
    return [
        allow("CommitTables", ["glue:GetTable", "glue:GetDatabase", "glue:UpdateTable"], _tables(catalog_arn, tables)),
        allow("FindTheTables", ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], bucket_arn),
        allow("WriteTables", objects, f"{bucket_arn}/*"),
    ]


def _tables(catalog_arn: str, tables: Sequence[tuple[str, str]]) -> list[str]:
    start = catalog_arn.split(":catalog", 1)[0]
    databases = dict.fromkeys(f"{start}:database/{database}" for database, _ in tables)
    return [catalog_arn, *databases, *(f"{start}:table/{database}/{table}" for database, table in tables)]
