"""A delivery of every kind as a declaration would have it, for account and Region of the tests."""

from typing import Any

ACCOUNT, REGION = "111122223333", "eu-west-1"
SECRET = "arn:aws:secretsmanager:{region}:{account}:secret:sluice-destination-AbCdEf"
DESTINATIONS: dict[str, dict[str, Any]] = {
    "s3": {"kind": "s3", "time_zone": "Europe/Berlin", "file_extension": ".json.gz", "source_backup_prefix": "raw/"},
    "redshift": {
        "kind": "redshift",
        "cluster_jdbc_url": "jdbc:redshift://sluice.abc123.eu-west-1.redshift.amazonaws.com:5439/dev",
        "table": "public.readings",
        "copy_options": "json 'auto' gzip",
        "secret_arn": SECRET,
    },
    "opensearch": {
        "kind": "opensearch",
        "domain_arn": "arn:aws:es:{region}:{account}:domain/sluice-search",
        "index": "readings",
    },
    "opensearch_serverless": {
        "kind": "opensearch_serverless",
        "collection_arn": "arn:aws:aoss:{region}:{account}:collection/abc123def456",
        "collection_endpoint": "https://abc123def456.{region}.aoss.amazonaws.com",
        "index": "readings",
        "backup": "all",
        "vpc": {"subnet_ids": ["subnet-0a1b2c3d"], "security_group_ids": ["sg-0a1b2c3d"]},
    },
    "http": {
        "kind": "http",
        "url": "https://in.example.com/firehose",
        "endpoint_name": "Example",
        "secret_arn": SECRET,
        "content_encoding": "GZIP",
        "attributes": {"site": "harbour"},
    },
    "splunk": {"kind": "splunk", "hec_endpoint": "https://hec.example.com:8088", "secret_arn": SECRET},
    "snowflake": {
        "kind": "snowflake",
        "account_url": "https://myorg-harbour.snowflakecomputing.com",
        "database": "BUILDINGS",
        "schema": "PUBLIC",
        "table": "READINGS",
        "secret_arn": SECRET,
        "loading": "VARIANT_CONTENT_AND_METADATA_MAPPING",
        "content_column": "RECORD",
        "metadata_column": "META",
        "role": "LOADER",
    },
    "iceberg": {
        "kind": "iceberg",
        "catalog_arn": "arn:aws:glue:{region}:{account}:catalog",
        "tables": [
            {"database": "buildings", "table": "readings", "unique_keys": ["device"], "error_prefix": "iceberg/"}
        ],
    },
}


def example(kind: str, *, account: str = ACCOUNT, region: str = REGION, **more: Any) -> dict[str, Any]:
    """Return a delivery of a kind, with the account and the Region filled in."""
    return {
        "name": f"sluice-sensors-to-{kind.replace('_', '-')}",
        "bucket": f"sluice-sensors-{account}",
        "destination": _filled(DESTINATIONS[kind], account, region),
        **more,
    }


def _filled(value: Any, account: str, region: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(member, account, region) for key, member in value.items()}
    if isinstance(value, list):
        return [_filled(item, account, region) for item in value]
    return value.replace("{account}", account).replace("{region}", region) if isinstance(value, str) else value
