"""Amazon S3: files in a bucket, as they come, or parted by what is in the records, or as Parquet or ORC.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_ExtendedS3DestinationConfiguration.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from onboarding.deliveries import aws_configuration, s3_prefix
from onboarding.deliveries.delivery_settings import DeliverySettings
from onboarding.deliveries.destination import FIXED, SOURCE_BACKUP, Buffering, Destination, Field, Metrics, Place
from onboarding.deliveries.s3_conversion import Conversion
from onboarding.deliveries.s3_partitioning import Partitioning
from portal.aws.policies.statements import Statement
from portal.messages.message import Message

# For conversion AWS names it; for dynamic partitioning its pages do not, and its console does.
LEAST_MB_GATHERED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class S3(Destination):
    """Files in the delivery's own bucket; `time_zone` is that of the prefix's timestamps.

    With `delimiter` a newline follows each record. Dynamic partitioning has its own, and converted files have none.
    """

    kind: str = "s3"
    # Of a delivery from before this setting: joined records. A new one of text has it on (kinds.completed).
    delimiter: bool = False
    time_zone: str = "UTC"
    file_extension: str = ""
    source_backup_prefix: str | None = None
    partitioning: Partitioning | None = None
    conversion: Conversion | None = None

    TITLE: ClassVar[str] = "Amazon S3"
    MEMBER: ClassVar[str] = "ExtendedS3Destination"
    BUFFERING: ClassVar[Buffering] = aws_configuration.buffers(128)
    METRICS: ClassVar[Metrics] = Metrics.of("DeliveryToS3")
    PREFIX: ClassVar[str] = "sensors/!{timestamp:yyyy/MM/dd/HH}/"
    FIELDS: ClassVar[Mapping[str, Field]] = {
        "delimiter": Field(Message("delivery_setting.delimiter"), Message("change.lines_in_files")),
        "time_zone": Field(Message("delivery_setting.time_zone"), Message("change.files")),
        "file_extension": Field(Message("delivery_setting.file_extension"), Message("change.files")),
        "source_backup_prefix": SOURCE_BACKUP,
        "partitioning": Field(Message("delivery_setting.partitioning"), FIXED, is_fixed=True),
        "conversion": Field(Message("delivery_setting.conversion"), Message("change.files_in_two_formats")),
    }

    def description(self, delivery: DeliverySettings) -> Message:
        """Return the bucket."""
        return Message("destination.bucket", bucket=delivery.bucket)

    def problems(self, delivery: DeliverySettings, place: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
        """Yield what AWS would refuse."""
        yield from _extras(self)
        if self.partitioning:
            yield from self.partitioning.problems(delivery.prefix)
            if self.delimiter:
                yield "destination.delimiter", Message("s3.delimiter_with_partitioning")
        if self.conversion:
            yield from self.conversion.problems()
            if self.delimiter:
                yield "destination.delimiter", Message("s3.delimiter_with_conversion")
            if delivery.compression != "UNCOMPRESSED":
                yield "compression", Message("s3.compression_with_conversion")
        if (self.partitioning or self.conversion) and delivery.buffering_mb < LEAST_MB_GATHERED:
            if self.partitioning:
                yield "buffering_mb", Message("s3.buffer_size_for_partitioning", least=LEAST_MB_GATHERED)
            else:
                yield "buffering_mb", Message("s3.buffer_size_for_conversion", least=LEAST_MB_GATHERED)
        if self.partitioning and delivery.buffering_seconds == 0:
            yield "buffering_seconds", Message("s3.buffer_interval_for_partitioning")

    def configuration(self, delivery: DeliverySettings, place: Place) -> dict[str, Any]:
        """Return ExtendedS3DestinationConfiguration."""
        backup: dict[str, Any] = {"S3BackupMode": "Disabled"}
        if self.source_backup_prefix is not None:
            kept = aws_configuration.bucket_settings(delivery, place, prefix=self.source_backup_prefix)
            kept |= {"CompressionFormat": "GZIP" if self.conversion else delivery.compression}
            backup = {"S3BackupMode": "Enabled", "S3BackupConfiguration": kept}
        processors = aws_configuration.lambda_settings(delivery)
        if self.partitioning:
            processors += self.partitioning.processors()
        if self.delimiter:
            processors.append(aws_configuration.newline())
        conversion = self.conversion.configuration(place) if self.conversion else {"Enabled": False}
        return {
            "RoleARN": place.role_arn,
            "BucketARN": place.bucket_arn,
            "Prefix": delivery.prefix,
            "ErrorOutputPrefix": delivery.error_prefix,
            "BufferingHints": aws_configuration.hints(delivery),
            "CompressionFormat": delivery.compression,
            "CloudWatchLoggingOptions": aws_configuration.logging_to(place),
            "ProcessingConfiguration": aws_configuration.processing(processors),
            **backup,
            "DataFormatConversionConfiguration": conversion,
            "CustomTimeZone": self.time_zone,
            **({"DynamicPartitioningConfiguration": self.partitioning.configuration()} if self.partitioning else {}),
            # An empty one, too: what is left out of an update stays as it was.
            "FileExtension": self.file_extension,
        }

    def statements(self, delivery: DeliverySettings, place: Place) -> list[Statement]:
        """Return the statements for reading the schema of a conversion."""
        return self.conversion.statements(place) if self.conversion else []

    @property
    def joins_records(self) -> bool:
        """Tell whether the files contain records one after the other, with nothing between them."""
        return not (self.delimiter or self.partitioning or self.conversion)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Return the prefixes beyond the delivery's own under which Firehose writes."""
        return () if self.source_backup_prefix is None else (self.source_backup_prefix,)


def _extras(found: S3) -> Iterator[tuple[str, Message]]:
    if not s3_prefix.is_time_zone(found.time_zone):
        yield "destination.time_zone", Message("s3.time_zone")
    if found.file_extension and not s3_prefix.EXTENSION.fullmatch(found.file_extension):
        yield "destination.file_extension", Message("s3.file_extension")
    if found.source_backup_prefix and (problem := s3_prefix.problem_with_backup(found.source_backup_prefix)):
        yield "destination.source_backup_prefix", problem
