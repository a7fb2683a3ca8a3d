"""What AWS's settings of a Firehose stream are called when they differ from what is wanted."""

from portal.messages.message import Message

LABELS = {
    "BucketARN": Message("delivery_setting.bucket"),
    "BufferingHints.IntervalInSeconds": Message("delivery_setting.buffer_interval"),
    "BufferingHints.SizeInMBs": Message("delivery_setting.buffer_size"),
    "CloudWatchLoggingOptions.Enabled": Message("delivery_setting.error_log"),
    "CloudWatchLoggingOptions.LogGroupName": Message("delivery_setting.log_group"),
    "CloudWatchLoggingOptions.LogStreamName": Message("delivery_setting.log_stream"),
    "ClusterJDBCURL": Message("delivery_setting.cluster"),
    "CompressionFormat": Message("delivery_setting.compression"),
    "CopyCommand.CopyOptions": Message("delivery_setting.copy_options"),
    "CopyCommand.DataTableColumns": Message("delivery_setting.columns"),
    "CopyCommand.DataTableName": Message("delivery_setting.table"),
    "CustomTimeZone": Message("delivery_setting.time_zone"),
    "DataFormatConversionConfiguration.Enabled": Message("delivery_setting.conversion"),
    "DataFormatConversionConfiguration.SchemaConfiguration.DatabaseName": Message("delivery_setting.schema_database"),
    "DataFormatConversionConfiguration.SchemaConfiguration.Region": Message("delivery_setting.schema_region"),
    "DataFormatConversionConfiguration.SchemaConfiguration.RoleARN": Message("delivery_setting.schema_role"),
    "DataFormatConversionConfiguration.SchemaConfiguration.TableName": Message("delivery_setting.schema_table"),
    "DataFormatConversionConfiguration.SchemaConfiguration.VersionId": Message("delivery_setting.schema_version"),
    "DynamicPartitioningConfiguration.Enabled": Message("delivery_setting.partitioning"),
    "DynamicPartitioningConfiguration.RetryOptions.DurationInSeconds": Message("delivery_setting.partitioning_retry"),
    "EndpointConfiguration.Name": Message("delivery_setting.endpoint_name"),
    "EndpointConfiguration.Url": Message("delivery_setting.url"),
    "ErrorOutputPrefix": Message("delivery_setting.error_prefix"),
    "FileExtension": Message("delivery_setting.file_extension"),
    "HECAcknowledgmentTimeoutInSeconds": Message("delivery_setting.ack_timeout"),
    "HECEndpoint": Message("delivery_setting.collector"),
    "HECEndpointType": Message("delivery_setting.endpoint_type"),
    "Prefix": Message("delivery_setting.prefix"),
    "ProcessingConfiguration.Enabled": Message("delivery_setting.transform"),
    "ProcessingConfiguration.Processors": Message("delivery_setting.transform_settings"),
    "RequestConfiguration.CommonAttributes": Message("delivery_setting.attributes"),
    "RequestConfiguration.ContentEncoding": Message("delivery_setting.content_encoding"),
    "RetryOptions.DurationInSeconds": Message("delivery_setting.retry"),
    "RoleARN": Message("delivery_setting.role"),
    "S3BackupMode": Message("delivery_setting.backup_mode"),
    "SecretsManagerConfiguration.Enabled": Message("delivery_setting.secret_usage"),
    "SecretsManagerConfiguration.RoleARN": Message("delivery_setting.secret_role"),
    "SecretsManagerConfiguration.SecretARN": Message("delivery_setting.secret"),
}
_SERDE = "DataFormatConversionConfiguration.OutputFormatConfiguration.Serializer."
LABELS |= {
    f"{_SERDE}{serde}.Compression": Message("delivery_setting.format_compression")
    for serde in ("ParquetSerDe", "OrcSerDe")
}
_BACKUP = ("S3Configuration.", "S3BackupConfiguration.")


def label_of(path: str) -> Message:
    """Return what a setting is called, by its path in AWS's shape; one without a name of ours keeps AWS's."""
    for start in _BACKUP:
        if path.startswith(start):
            return Message("delivery_setting.of_backup", setting=label_of(path.removeprefix(start)))
    return LABELS.get(path) or Message("delivery_setting.unnamed", path=path)
