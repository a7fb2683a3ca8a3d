"""What AWS's settings of a Firehose stream are called when they differ from what is wanted."""

LABELS = {
    "BucketARN": "bucket",
    "BufferingHints.IntervalInSeconds": "buffering, in seconds",
    "BufferingHints.SizeInMBs": "buffering, in MB",
    "CloudWatchLoggingOptions.Enabled": "error log",
    "CloudWatchLoggingOptions.LogGroupName": "log group",
    "CloudWatchLoggingOptions.LogStreamName": "log stream",
    "CompressionFormat": "compression",
    "ErrorOutputPrefix": "prefix of errors",
    "Prefix": "prefix of the files",
    "RoleARN": "role",
    "S3BackupMode": "backup mode",
}
_BACKUP = ("S3Configuration.", "S3BackupConfiguration.")


def label_of(path: str) -> str:
    """Return what a setting is called, by its path in AWS's shape; one without a name of ours keeps AWS's."""
    for start in _BACKUP:
        if path.startswith(start):
            return f"backup: {label_of(path.removeprefix(start))}"
    return LABELS.get(path, path)
