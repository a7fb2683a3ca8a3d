"""What has really arrived in a bucket since the last look."""

from dataclasses import dataclass

from portal.aws.errors import aws_faults
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class Arrived:
    """New objects since the last look. The emulated Firehose writes one object a record."""

    objects: int = 0
    bytes: int = 0


class BucketWatch:
    """Lists a bucket's new objects: Firehose names objects by time, so new ones sort last."""

    def __init__(self, aws: AwsSession, bucket: str, prefix: str) -> None:
        self._aws = aws
        self._bucket = bucket
        self._prefix = prefix
        self._last_key = ""
        self._began = False

    def look(self) -> Arrived:
        """Return what arrived since the last look; the first look only notes what is there. Raises AwsFault."""
        objects = size = 0
        request = {"Bucket": self._bucket, "Prefix": self._prefix}
        if self._last_key:
            request["StartAfter"] = self._last_key
        with aws_faults("s3:ListObjectsV2"):
            for page in self._aws.client("s3").get_paginator("list_objects_v2").paginate(**request):
                for found in page.get("Contents", []):
                    objects, size, self._last_key = objects + 1, size + found["Size"], found["Key"]
        if not self._began:
            self._began = True
            return Arrived()
        return Arrived(objects, size)
