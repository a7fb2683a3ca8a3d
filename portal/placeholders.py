"""Generated files: a form with words between two @, and the values that are filled in."""

import re
from collections.abc import Mapping

_PLACE = re.compile(r"@([a-z_]+)@")


def filled(form: str, values: Mapping[str, str]) -> str:
    """Return a form with each word between two @ replaced by its value. Raises KeyError for a word without one.

    In one pass: ARNs and external IDs may contain such words themselves, and those are not filled in.
    """
    return _PLACE.sub(lambda place: values[place[1]], form)
