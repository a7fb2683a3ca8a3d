"""A destination's configuration, from AWS's shape into that of Terraform's provider.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kinesis_firehose_delivery_stream
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onboarding.export.resources import CannotExport, Delivered
from portal.messages.message import Message

# The block of each destination, and what goes into the argument `destination`.
BLOCKS = {
    "ExtendedS3Destination": ("extended_s3", "extended_s3_configuration"),
    "RedshiftDestination": ("redshift", "redshift_configuration"),
    "AmazonopensearchserviceDestination": ("opensearch", "opensearch_configuration"),
    "AmazonOpenSearchServerlessDestination": ("opensearchserverless", "opensearchserverless_configuration"),
    "HttpEndpointDestination": ("http_endpoint", "http_endpoint_configuration"),
    "SplunkDestination": ("splunk", "splunk_configuration"),
    "SnowflakeDestination": ("snowflake", "snowflake_configuration"),
    "IcebergDestination": ("iceberg", "iceberg_configuration"),
}
# Members whose own members Terraform has in their place.
FLAT = frozenset({"BufferingHints", "RetryOptions", "CopyCommand", "EndpointConfiguration", "CatalogConfiguration"})
# Every member that a destination of ours uses. One that is not here is refused, never guessed.
NAMES = {
    "AccountUrl": "account_url",
    "AppendOnly": "append_only",
    "AttributeName": "name",
    "AttributeValue": "value",
    "BucketARN": "bucket_arn",
    "CatalogARN": "catalog_arn",
    "CloudWatchLoggingOptions": "cloudwatch_logging_options",
    "ClusterJDBCURL": "cluster_jdbcurl",
    "CollectionEndpoint": "collection_endpoint",
    "CommonAttributes": "common_attributes",
    "Compression": "compression",
    "CompressionFormat": "compression_format",
    "ContentColumnName": "content_column_name",
    "ContentEncoding": "content_encoding",
    "CopyOptions": "copy_options",
    "CustomTimeZone": "custom_time_zone",
    "DataFormatConversionConfiguration": "data_format_conversion_configuration",
    "DataLoadingOption": "data_loading_option",
    "DataTableColumns": "data_table_columns",
    "DataTableName": "data_table_name",
    "Database": "database",
    "DatabaseName": "database_name",
    "DefaultDocumentIdFormat": "default_document_id_format",
    "Deserializer": "deserializer",
    "DestinationDatabaseName": "database_name",
    "DestinationTableConfigurationList": "destination_table_configuration",
    "DestinationTableName": "table_name",
    "DocumentIdOptions": "document_id_options",
    "DomainARN": "domain_arn",
    "DurationInSeconds": "retry_duration",
    "DynamicPartitioningConfiguration": "dynamic_partitioning_configuration",
    "Enabled": "enabled",
    "ErrorOutputPrefix": "error_output_prefix",
    "FileExtension": "file_extension",
    "HECAcknowledgmentTimeoutInSeconds": "hec_acknowledgment_timeout",
    "HECEndpoint": "hec_endpoint",
    "HECEndpointType": "hec_endpoint_type",
    "IndexName": "index_name",
    "IndexRotationPeriod": "index_rotation_period",
    "InputFormatConfiguration": "input_format_configuration",
    "IntervalInSeconds": "buffering_interval",
    "LogGroupName": "log_group_name",
    "LogStreamName": "log_stream_name",
    "MetaDataColumnName": "metadata_column_name",
    "Name": "name",
    "OpenXJsonSerDe": "open_x_json_ser_de",
    "OrcSerDe": "orc_ser_de",
    "OutputFormatConfiguration": "output_format_configuration",
    "ParameterName": "parameter_name",
    "ParameterValue": "parameter_value",
    "Parameters": "parameters",
    "ParquetSerDe": "parquet_ser_de",
    "Prefix": "prefix",
    "PrivateLinkVpceId": "private_link_vpce_id",
    "ProcessingConfiguration": "processing_configuration",
    "Processors": "processors",
    "Region": "region",
    "RequestConfiguration": "request_configuration",
    "RoleARN": "role_arn",
    "S3BackupConfiguration": "s3_backup_configuration",
    "S3BackupMode": "s3_backup_mode",
    "S3Configuration": "s3_configuration",
    "S3ErrorOutputPrefix": "s3_error_output_prefix",
    "Schema": "schema",
    "SchemaConfiguration": "schema_configuration",
    "SecretARN": "secret_arn",
    "SecretsManagerConfiguration": "secrets_manager_configuration",
    "SecurityGroupIds": "security_group_ids",
    "Serializer": "serializer",
    "SizeInMBs": "buffering_size",
    "SnowflakeRole": "snowflake_role",
    "SnowflakeRoleConfiguration": "snowflake_role_configuration",
    "SnowflakeVpcConfiguration": "snowflake_vpc_configuration",
    "SubnetIds": "subnet_ids",
    "Table": "table",
    "TableName": "table_name",
    "Type": "type",
    "UniqueKeys": "unique_keys",
    "Url": "url",
    "VersionId": "version_id",
    "VpcConfiguration": "vpc_config",
}


def destination(delivery: Delivered) -> dict[str, Any]:
    """Return the arguments that say where a delivery goes. Raises CannotExport for what Terraform has no word for."""
    if delivery.destination not in BLOCKS:
        raise CannotExport(Message("export.unknown_destination", destination=delivery.destination))
    word, block = BLOCKS[delivery.destination]
    return {"destination": word, block: _members(delivery.configuration)}


def _members(settings: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if name == "DataFormatConversionConfiguration" and not value["Enabled"]:
            continue  # Terraform wants its format and schema with it, or nothing
        if name in FLAT:
            found |= _members(value)
        elif name not in NAMES:
            raise CannotExport(Message("export.unknown_setting", setting=name))
        else:
            found[NAMES[name]] = _value(value)
    return found


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _members(value)
    return [_value(item) for item in value] if isinstance(value, list) else value
