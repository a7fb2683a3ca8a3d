"""Names of what devices share, suggested from the stream's name before anyone types them."""

import re

from onboarding.iot import form_codec
from onboarding.iot.topics import LONGEST_PREFIX

_LONGEST_STREAM = 100  # a name in AWS IoT has at most 128 characters


def suggested_devices(stream_name: str, name_prefix: str) -> dict[str, str]:
    """Return the values of the form of devices; names begin with the connection's prefix."""
    stream = re.sub(r"[^A-Za-z0-9_-]", "-", stream_name) or f"{name_prefix}sensors"
    # An adopted stream may have a name without the prefix.
    stream = stream if stream.startswith(name_prefix) else f"{name_prefix}{stream}"
    return {
        **form_codec.SUGGESTED,
        "thing_type": f"{stream[:_LONGEST_STREAM]}-device",
        "thing_group": f"{stream[:_LONGEST_STREAM]}-devices",
        "topic_prefix": stream[:LONGEST_PREFIX],
    }
