"""The English of the reasons why a decoder could not read a record."""

from django.utils.translation import gettext_lazy as _

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
    "decode.trailing_bytes": Entry(_("There are more bytes after the end.")),
    "decode.truncated": Entry(_("The data is truncated.")),
    "decode.damaged": Entry(_("The data is damaged: %(detail)s.")),
    "decode.nothing_inside": Entry(_("Nothing readable is inside.")),
    "decode.no_log_events": Entry(_("There are no log events in the data.")),
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
    "decode.json_constant": Entry(_("%(name)s is not valid JSON.")),
    "decode.control_characters": Entry(_("The text has control characters.")),
    "decode.bare_value": Entry(_("The data would decode to a single value, as almost any bytes do.")),
    "decode.library_error": Entry(_("%(detail)s")),
}
ENTRIES = BUDGET | CONTAINERS | AGGREGATES | VALUES
