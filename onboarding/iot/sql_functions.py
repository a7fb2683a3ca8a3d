"""The functions of AWS IoT SQL that a rule may call, each with the fewest and the most arguments it takes.

Functions that call another service (aws_lambda, get_dynamodb, get_secret, get_thing_shadow, machinelearning_predict,
get_registry_data) are excluded: the rule's role may put records, and nothing else.
https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-functions.html
"""

_NONE = "accountid clientid newuuid principal rand sourceip timestamp traceid"
_ONE = (
    "abs acos asin atan bitnot ceil chr cos cosh exp floor isnull isundefined length ln log lower ltrim md2 md5 "
    "numbytes rtrim sha1 sha224 sha256 sha384 sha512 sign sin sinh sqrt tan tanh trim upper"
)
_TWO = (
    "atan2 bitand bitor bitxor cast decode encode endswith get indexof mod nanvl power regexp_matches regexp_substr "
    "remainder startswith time_to_epoch"
)
_THREE = "get_or_default regexp_replace replace"

FUNCTIONS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(_NONE.split(), (0, 0)),
    **dict.fromkeys(_ONE.split(), (1, 1)),
    **dict.fromkeys(_TWO.split(), (2, 2)),
    **dict.fromkeys(_THREE.split(), (3, 3)),
    "concat": (1, 20),
    "get_user_properties": (1, 1),
    "lpad": (2, 2),
    "parse_time": (2, 3),
    "round": (1, 1),
    "rpad": (2, 2),
    "substring": (2, 3),
    "topic": (0, 1),
    "trunc": (2, 2),
}
# What takes the whole message as its argument: encode(*, 'base64').
TAKES_MESSAGE = frozenset({"encode"})
