"""Types of JSON values as bits, so that all that were seen at one path are one number. Pure, without Django."""

from monitoring.decode.json_text import SentNumber

NULL, BOOLEAN, INTEGER, NUMBER, STRING, OBJECT, ARRAY = (1 << place for place in range(7))
NAMES = {
    NULL: "null",
    BOOLEAN: "boolean",
    INTEGER: "integer",
    NUMBER: "number",
    STRING: "string",
    OBJECT: "object",
    ARRAY: "array",
}
_ITEM_BITS = 7
ALL = (1 << 2 * _ITEM_BITS) - 1
_BY_TYPE = {type(None): NULL, bool: BOOLEAN, int: INTEGER, float: NUMBER, str: STRING, dict: OBJECT, list: ARRAY}


def bit_of(value: object) -> int:
    """Return the bit of a value's type; that of a string for what JSON does not have, such as bytes."""
    found = _BY_TYPE.get(type(value))
    if found is not None:
        return found
    if isinstance(value, SentNumber):
        return INTEGER if value.text.lstrip("-").isdecimal() else NUMBER
    return OBJECT if isinstance(value, dict) else ARRAY if isinstance(value, list) else STRING


def as_item(bits: int) -> int:
    """Return the bits of a value inside a list, for the path of the list."""
    return ARRAY | bits << _ITEM_BITS


def item_types(bits: int) -> int:
    """Return the bits of what was seen inside lists."""
    return bits >> _ITEM_BITS


def names_of(bits: int) -> list[str]:
    """Return the types of a path: ["string", "null"], ["array of number"]."""
    found = [name for bit, name in NAMES.items() if bits & bit and bit != ARRAY]
    if bits & ARRAY:
        items = [name for bit, name in NAMES.items() if item_types(bits) & bit]
        found.append(f"array of {' or '.join(items)}" if items else "array")
    return sorted(found, key=lambda name: name == "null")
