"""What AWS's settings of a Firehose stream are called when they differ from what is wanted."""

LABELS = {
    "BucketARN": "bucket",
    "BufferingHints.IntervalInSeconds": "buffer interval in seconds",
    "BufferingHints.SizeInMBs": "buffer size in MB",
    "CloudWatchLoggingOptions.Enabled": "error log",
    "CloudWatchLoggingOptions.LogGroupName": "log group",
    "CloudWatchLoggingOptions.LogStreamName": "log stream",
    "ClusterJDBCURL": "cluster",
    "CompressionFormat": "compression",
    "CopyCommand.CopyOptions": "COPY options",
    "CopyCommand.DataTableColumns": "columns",
    "CopyCommand.DataTableName": "table",
    "CustomTimeZone": "prefix time zone",
    "DataFormatConversionConfiguration.Enabled": "record format conversion",
    "DataFormatConversionConfiguration.SchemaConfiguration.DatabaseName": "schema Glue database",
    "DataFormatConversionConfiguration.SchemaConfiguration.Region": "schema Region",
    "DataFormatConversionConfiguration.SchemaConfiguration.RoleARN": "schema role",
    "DataFormatConversionConfiguration.SchemaConfiguration.TableName": "schema Glue table",
    "DataFormatConversionConfiguration.SchemaConfiguration.VersionId": "schema version",
    "DynamicPartitioningConfiguration.Enabled": "dynamic partitioning",
    "DynamicPartitioningConfiguration.RetryOptions.DurationInSeconds": "dynamic partitioning retry duration in seconds",
    "EndpointConfiguration.Name": "endpoint name",
    "EndpointConfiguration.Url": "URL",
    "ErrorOutputPrefix": "error prefix",
    "FileExtension": "file extension",
    "HECAcknowledgmentTimeoutInSeconds": "acknowledgement timeout in seconds",
    "HECEndpoint": "HTTP Event Collector URL",
    "HECEndpointType": "endpoint type",
    "Prefix": "file prefix",
    "ProcessingConfiguration.Enabled": "Lambda transformation",
    "ProcessingConfiguration.Processors": "transformation settings",
    "RequestConfiguration.CommonAttributes": "request attributes",
    "RequestConfiguration.ContentEncoding": "content encoding",
    "RetryOptions.DurationInSeconds": "retry duration in seconds",
    "RoleARN": "role",
    "S3BackupMode": "backup mode",
    "SecretsManagerConfiguration.Enabled": "secret usage",
    "SecretsManagerConfiguration.RoleARN": "secret role",
    "SecretsManagerConfiguration.SecretARN": "secret",
}
_SERDE = "DataFormatConversionConfiguration.OutputFormatConfiguration.Serializer."
LABELS |= {f"{_SERDE}{serde}.Compression": "format compression" for serde in ("ParquetSerDe", "OrcSerDe")}
_BACKUP = ("S3Configuration.", "S3BackupConfiguration.")


def label_of(path: str) -> str:
    """Return what a setting is called, by its path in AWS's shape; one without a name of ours keeps AWS's."""
    for start in _BACKUP:
        if path.startswith(start):
            return f"backup: {label_of(path.removeprefix(start))}"
    return LABELS.get(path, path)
