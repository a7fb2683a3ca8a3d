"""The terms that describe actions, resources, principals and conditions of policies."""

from __future__ import annotations

# service and kind of resource → singular, plural, and the text before a name that ends in *
NOUNS = {
    ("kinesis", "stream"): ("the data stream", "data streams", "whose names begin with"),
    ("kinesis", "consumer"): (
        "the registered consumers of the data stream",
        "the registered consumers of data streams",
        "whose names begin with",
    ),
    ("kms", "key"): ("the KMS key", "KMS keys", ""),
    ("kms", "alias"): ("the KMS alias", "KMS aliases", "whose names begin with"),
    ("s3", "bucket"): ("the bucket", "buckets", "whose names begin with"),
    ("s3", "object"): ("the object", "objects", "under"),
    ("firehose", "deliverystream"): ("the Firehose stream", "Firehose streams", "whose names begin with"),
    ("logs", "log-group"): ("the log group", "log groups", "whose names begin with"),
    ("iam", "user"): ("the user", "users", "under the path"),
    ("iam", "role"): ("the role", "roles", "under the path"),
    ("iam", "policy"): ("the policy", "policies", "under the path"),
    ("secretsmanager", "secret"): ("the secret", "secrets", "whose names begin with"),
    ("es", "domain"): ("the OpenSearch domain", "OpenSearch domains", "whose names begin with"),
    ("es", "path"): ("the path", "all paths", "of the OpenSearch domain"),
    ("aoss", "collection"): ("the OpenSearch Serverless collection", "OpenSearch Serverless collections", "called"),
    ("glue", "catalog"): ("the Glue Data Catalog", "Glue Data Catalogs", "called"),
    ("glue", "database"): ("the Glue database", "Glue databases", "whose names begin with"),
    ("glue", "table"): ("the table", "tables", "in Glue databases whose names begin with"),
    ("glue", "path"): ("the table", "all tables", "of the Glue database"),
    ("lambda", "function"): ("the Lambda function", "Lambda functions", "whose names begin with"),
    ("lambda", "path"): ("the version", "all versions", "of the Lambda function"),
    ("dynamodb", "index"): ("the indexes of the DynamoDB table", "the indexes of DynamoDB tables", "called"),
    ("dynamodb", "table"): ("the DynamoDB table", "DynamoDB tables", "called"),
    ("iot", "client"): ("the MQTT client", "MQTT clients", "whose IDs begin with"),
    ("iot", "topic"): ("the MQTT topic", "MQTT topics", "under"),
    ("iot", "thing"): ("the thing", "things", "whose names begin with"),
    ("iot", "cert"): ("the device certificate", "device certificates", "called"),
    ("iot", "thingtype"): ("the thing type", "thing types", "whose names begin with"),
    ("iot", "thinggroup"): ("the thing group", "thing groups", "whose names begin with"),
    ("iot", "policy"): ("the IoT policy", "IoT policies", "whose names begin with"),
    ("iot", "rule"): ("the topic rule", "topic rules", "whose names begin with"),
    ("ec2", "network-interface"): ("the network interface", "any network interface", ""),
    ("ec2", "security-group"): ("the security group", "any security group", ""),
    ("ec2", "subnet"): ("the subnet", "any subnet", ""),
}

PRINCIPALS = {
    "firehose.amazonaws.com": "Firehose",
    "iot.amazonaws.com": "AWS IoT",
}

# {} is the value
CONDITIONS = {
    "kms:ViaService": "through the service {} only",
    "aws:RequestTag/managed-by": "only with the tag managed-by={}",
    "aws:ResourceTag/managed-by": "only where the tag managed-by={} is on it",
    "kms:EncryptionContext:aws:s3:arn": "and only for what is stored in {}",
    "kms:EncryptionContext:SecretARN": "and only for the secret {}",
    "iam:PermissionsBoundary": "only where the permissions boundary is {}",
    "iam:PolicyARN": "and only policies under {}",
    "iam:PassedToService": "to {} only",
    "sts:ExternalId": "only with the external ID {}",
    "aws:SecureTransport": "without TLS",
    "aws:SourceVpce": "only through the VPC endpoint {}",
    "aws:PrincipalAccount": "as a principal of account {} only",
    "kms:EncryptionContext:stream": "only for records of the stream {}",
    "aws:username": "as the user {} only",
    "aws:SourceIp": "only from the network {}",
    "aws:SourceAccount": "only for the account {}",
    "aws:SourceArn": "and only for {}",
    "iot:Connection.Thing.IsAttached": "only where its certificate is attached to the thing",
    "aws:VpcSourceIp": "and only from the network {} in the VPC",
}
# The same for StringNotEquals.
NEGATED_CONDITIONS = {
    "aws:SourceVpce": "by any way but the VPC endpoint {}",
    "iam:PermissionsBoundary": "to any but {}",
}
