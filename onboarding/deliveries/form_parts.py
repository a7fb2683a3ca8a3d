"""The parts of a destination's form: groups of inputs, and the inputs that several kinds share."""

from dataclasses import dataclass

from onboarding.deliveries.form_inputs import Input, InputKind

DESTINATION = "Destination"


@dataclass(frozen=True, slots=True)
class Group:
    """Inputs of one section; a `closed` section opens when it holds a value or an error."""

    title: str
    inputs: tuple[Input, ...]
    closed: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class DestinationForm:
    """The form of one kind of destination: a sentence about it, its prerequisites, and its inputs."""

    note: str
    prerequisites: str
    groups: tuple[Group, ...]


def seconds(path: str, label: str, help_text: str, initial: str) -> Input:
    """Return an optional input of a whole number of seconds."""
    return Input(path, label, help_text, InputKind.WHOLE, initial=initial, required=False, unit="seconds")


def optional(
    path: str, label: str, help_text: str = "", *, kind: InputKind = InputKind.LINE, initial: str = "", unit: str = ""
) -> Input:
    """Return an input that may stay empty."""
    return Input(path, label, help_text, kind, initial=initial, required=False, unit=unit)


def retry_duration(initial: str) -> Input:
    """Return the input of the retry duration."""
    return seconds("destination.retry_seconds", "Retry duration", "0 to 7,200.", initial)


SOURCE_BACKUP = optional(
    "destination.source_backup_prefix",
    "Source record backup prefix",
    "Stores the records before transformation. Cannot be turned off later.",
)
BACKUP = Input(
    "destination.backup",
    "Source record backup",
    "",
    InputKind.CHOICE,
    (("failed", "Failed records only"), ("all", "All records")),
    "failed",
)
VPC_INPUTS = (
    Input(
        "destination.vpc.subnet_ids",
        "Subnets",
        "IDs, one per line. Only for destinations in a VPC.",
        InputKind.NAMES,
        required=False,
    ),
    Input(
        "destination.vpc.security_group_ids", "Security groups", "IDs, one per line.", InputKind.NAMES, required=False
    ),
)


def secret_arn(keys: str, *, required: bool = True) -> Input:
    """Return the input of the ARN of a secret that contains the keys."""
    help_text = f"The ARN of a Secrets Manager secret that contains {keys}. Never the secret itself."
    return Input("destination.secret_arn", "Secret", help_text, InputKind.SECRET, required=required)
