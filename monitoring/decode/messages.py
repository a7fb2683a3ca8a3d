"""The English of the reasons why a decoder could not read a record."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry

BUDGET = {
    "decode.record_too_long": Entry(_("The record is longer than %(limit_bytes)s.")),
    "decode.timeout": Entry(_("Decoding took longer than %(limit_milliseconds)s ms.")),
    "decode.too_many_values": Entry(_("The data has more than %(limit_count)s values.")),
    "decode.number_too_long": Entry(_("A number has more than %(digit_count)s digits.")),
    "decode.stopped": Entry(_("Decoding used more than %(limit_seconds)s of processor time, so it was stopped.")),
    "decode.no_answer": Entry(_("Decoding gave no result within %(limit_seconds)s, so it was stopped.")),
    "decode.crashed": Entry(_("The record crashed its decoder (exit code %(exit_code)s).")),
    "decode.refused_before": Entry(_("The record ended its decoder before, so it was not decoded again.")),
    "decode.unavailable": Entry(_("No decoder process could be started.")),
    "decode.unreadable_file": Entry(_("The file cannot be read: %(detail)s.")),
    "decode.out_of_memory": Entry(_("Decoding needed more memory than one record may use.")),
    "decode.unpacks_too_far": Entry(_("The data unpacks to more than %(limit_bytes)s.")),
    "decode.too_many_wrappers": Entry(_("The data is wrapped more than %(wrapper_count)s times.")),
    "decode.nested_too_deep": Entry(_("The data is nested more than %(level_count)s levels deep.")),
}
CONTAINERS = {
    "decode.wrong_start": Entry(_("The data does not start with the bytes %(expected)s.")),
    "decode.no_zlib_header": Entry(_("The data does not start with a zlib header.")),
    "decode.no_length": Entry(_("The data does not begin with the length of what is inside.")),
    "decode.trailing_bytes": Entry(_("There are more bytes after the end.")),
    "decode.truncated": Entry(_("The data is truncated.")),
    "decode.damaged": Entry(_("The data is damaged: %(detail)s.")),
    "decode.nothing_inside": Entry(_("Nothing readable is inside.")),
    "decode.no_log_events": Entry(_("There are no log events in the data.")),
    "decode.no_json_lines": Entry(_("The data is not a list of JSON objects that follow each other.")),
    "decode.not_hex": Entry(_("The data has characters that are no hexadecimal digits.")),
    "decode.no_data_message": Entry(_("The messageType is not DATA_MESSAGE.")),
    "decode.base64_too_short": Entry(_("The data is shorter than %(character_count)s characters.")),
    "decode.not_base64": Entry(_("The data has characters that are not base64, or is truncated.")),
}
AGGREGATES = {
    "decode.checksum_mismatch": Entry(_("The MD5 checksum does not match: the aggregate is damaged, or this is none.")),
    "decode.empty_aggregate": Entry(_("The aggregate is empty.")),
    "decode.protobuf_field_zero": Entry(_("A protobuf field has the number 0.")),
    "decode.protobuf_field_too_long": Entry(_("A protobuf field is longer than its message.")),
    "decode.protobuf_wire_type": Entry(_("Protobuf has no wire type %(wire_type)s.")),
    "decode.protobuf_truncated": Entry(_("The protobuf message ends in the middle of a number.")),
    "decode.protobuf_number_too_long": Entry(_("A protobuf number is longer than 64 bits.")),
}
VALUES = {
    "decode.not_utf8": Entry(_("Byte %(position)s is not UTF-8.")),
    "decode.json_syntax": Entry(_("%(detail)s at character %(position)s.")),
    "decode.no_json_start": Entry(_("JSON does not start with this character.")),
    "decode.no_known_start": Entry(
        _("The data starts with none of the known signatures, such as those of gzip, zstd or Avro.")
    ),
    "decode.json_constant": Entry(_("%(name)s is not valid JSON.")),
    "decode.control_characters": Entry(_("Too many of its characters are control characters.")),
    "decode.no_mark": Entry(_("There is no byte order mark, and no NUL byte at the end.")),
    "decode.no_utf16": Entry(
        _("There is no byte order mark, and the bytes are not ASCII characters of two bytes each.")
    ),
    "decode.not_latin": Entry(
        _("Less than three quarters of the bytes are printable ASCII, or there are control characters.")
    ),
    "decode.bare_value": Entry(_("The data would decode to a single value, as almost any bytes do.")),
    "decode.reason_masked": Entry(_("The reason is masked, because it can repeat a part of the record.")),
    "decode.library_error": Entry(_("%(detail)s")),
}
SCHEMAS = {
    "decode.no_glue_header": Entry(_("The data does not start with the header of AWS Glue Schema Registry.")),
    "decode.no_confluent_header": Entry(_("The data does not start with the header of Confluent Schema Registry.")),
    "decode.not_a_schema_id": Entry(
        _("“%(schema)s” is not the ID of a schema."),
        todo=_(
            "Enter it as the decoded record names it: confluent:42=FILE, glue:⟨UUID⟩=FILE or avro:⟨fingerprint⟩=FILE."
        ),
    ),
    "decode.unreadable_schema": Entry(_("The schema in %(file)s cannot be read: %(detail)s.")),
    "decode.avro_schema": Entry(_("The Avro schema is not valid.")),
    "decode.avro_codec": Entry(_("The Avro file uses a compression that is not supported.")),
    "decode.avro_sync": Entry(_("A block of the Avro file does not end with the file’s marker.")),
    "decode.checksum_of_block": Entry(_("The checksum of a block does not match.")),
    "decode.protobuf_too_short": Entry(_("The data is too short for a protobuf message.")),
    "decode.protobuf_field_number": Entry(_("A protobuf field has an unusually large number.")),
}
DETAILS = {
    "record.byte_order_mark": Entry(_("The text begins with a UTF-8 byte order mark.")),
    "record.trailing_nul": Entry(
        ngettext_lazy(
            "%(byte_count)s NUL byte follows the text.", "%(byte_count)s NUL bytes follow the text.", "byte_count"
        )
    ),
    "record.trailing_bytes": Entry(
        ngettext_lazy(
            "%(byte_count)s byte follows the compressed data.",
            "%(byte_count)s bytes follow the compressed data.",
            "byte_count",
        )
    ),
    "record.controls": Entry(
        ngettext_lazy(
            "%(character_count)s control character is shown as a symbol, such as ␛ for escape.",
            "%(character_count)s control characters are shown as symbols, such as ␛ for escape.",
            "character_count",
        )
    ),
    "record.repeated_names": Entry(
        ngettext_lazy(
            "%(field_count)s field has the name of another field of the same object.",
            "%(field_count)s fields have the name of another field of the same object.",
            "field_count",
        )
    ),
    "record.sub_sequence": Entry(_("Sub-sequence number %(number)s")),
    "record.explicit_hash_key": Entry(_("Explicit hash key %(value)s")),
    "record.outside_shard": Entry(
        _(
            "Its hash key is outside the range of this shard, so the Kinesis Client Library discards the record. Such "
            "records are usual for a moment after a reshard; otherwise the producer aggregates for the wrong shard."
        )
    ),
    "record.log_owner": Entry(_("AWS account of the log group: %(value)s")),
    "record.log_group": Entry(_("Log group %(value)s")),
    "record.log_stream": Entry(_("Log stream %(value)s")),
    "record.log_filters": Entry(_("Subscription filters: %(value)s")),
    "record.log_event": Entry(_("Log event %(event)s, timestamp %(at)s")),
    "record.glue_schema": Entry(_("Schema version ID %(schema_version)s in AWS Glue Schema Registry")),
    "record.confluent_schema": Entry(_("Schema ID %(schema)s in Confluent Schema Registry")),
    "record.avro_fingerprint": Entry(_("Avro schema with fingerprint %(fingerprint)s")),
    "record.glue_schema_needed": Entry(
        _(
            "The values can only be read with this schema. Sluice can read it if the connection has the permission “"
            "Read schemas of AWS Glue Schema Registry”."
        )
    ),
    "record.confluent_schema_needed": Entry(
        _(
            "The values can only be read with this schema. Sluice can read it if the registry’s address is entered "
            "under Monitoring settings."
        )
    ),
    "record.schema_needed": Entry(_("The values can only be read with this schema.")),
    "record.no_protobuf_schema": Entry(
        _("Protobuf without its schema: fields are shown by number, and the types of values are guesses.")
    ),
    "record.damaged": Entry(_("The data starts like %(format)s, but it is damaged.")),
    "record.binary": Entry(_("%(format)s, %(size_bytes)s")),
}
ENTRIES = BUDGET | CONTAINERS | AGGREGATES | VALUES | SCHEMAS | DETAILS
