"""What AWS's settings of a Firehose stream are called when they differ from what is wanted."""

LABELS = {
    "BucketARN": "bucket",
    "BufferingHints.IntervalInSeconds": "buffering, in seconds",
    "BufferingHints.SizeInMBs": "buffering, in MB",
    "CloudWatchLoggingOptions.Enabled": "error log",
    "CloudWatchLoggingOptions.LogGroupName": "log group",
    "CloudWatchLoggingOptions.LogStreamName": "log stream",
    "ClusterJDBCURL": "cluster",
    "CompressionFormat": "compression",
    "CopyCommand.CopyOptions": "options of COPY",
    "CopyCommand.DataTableColumns": "columns",
    "CopyCommand.DataTableName": "table",
    "CustomTimeZone": "time zone of the prefix",
    "DataFormatConversionConfiguration.Enabled": "format conversion",
    "DataFormatConversionConfiguration.SchemaConfiguration.DatabaseName": "Glue database of the schema",
    "DataFormatConversionConfiguration.SchemaConfiguration.Region": "Region of the schema",
    "DataFormatConversionConfiguration.SchemaConfiguration.RoleARN": "role that reads the schema",
    "DataFormatConversionConfiguration.SchemaConfiguration.TableName": "Glue table of the schema",
    "DataFormatConversionConfiguration.SchemaConfiguration.VersionId": "version of the schema",
    "DynamicPartitioningConfiguration.Enabled": "dynamic partitioning",
    "DynamicPartitioningConfiguration.RetryOptions.DurationInSeconds": "dynamic partitioning: retry for, in seconds",
    "EndpointConfiguration.Name": "name of the endpoint",
    "EndpointConfiguration.Url": "URL",
    "ErrorOutputPrefix": "prefix of errors",
    "FileExtension": "file extension",
    "HECAcknowledgmentTimeoutInSeconds": "wait for an acknowledgement, in seconds",
    "HECEndpoint": "event collector",
    "HECEndpointType": "type of the endpoint",
    "Prefix": "prefix of the files",
    "ProcessingConfiguration.Enabled": "transformation",
    "ProcessingConfiguration.Processors": "settings of the transformation",
    "RequestConfiguration.CommonAttributes": "attributes of every request",
    "RequestConfiguration.ContentEncoding": "packed as",
    "RetryOptions.DurationInSeconds": "retry for, in seconds",
    "RoleARN": "role",
    "S3BackupMode": "backup mode",
    "SecretsManagerConfiguration.Enabled": "reads a secret",
    "SecretsManagerConfiguration.RoleARN": "role that reads the secret",
    "SecretsManagerConfiguration.SecretARN": "secret",
}
_SERDE = "DataFormatConversionConfiguration.OutputFormatConfiguration.Serializer."
LABELS |= {f"{_SERDE}{one}.Compression": "compression inside of the files" for one in ("ParquetSerDe", "OrcSerDe")}
_BACKUP = ("S3Configuration.", "S3BackupConfiguration.")


def label_of(path: str) -> str:
    """Return what a setting is called, by its path in AWS's shape; one without a name of ours keeps AWS's."""
    for start in _BACKUP:
        if path.startswith(start):
            return f"backup: {label_of(path.removeprefix(start))}"
    return LABELS.get(path, path)
