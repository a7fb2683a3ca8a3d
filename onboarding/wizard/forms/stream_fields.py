"""The fields of the data stream's form: their choices, limits and messages."""

from django import forms

from onboarding.wizard.forms.endpoint import EndpointFields
from onboarding.wizard.forms.fields import NAME_INPUT, NUMBER_INPUT, Choice
from onboarding.wizard.forms.traffic import TrafficFields
from portal.aws.stream_settings import LARGEST_RECORD_LIMIT, SMALLEST_RECORD_LIMIT

MODES = [
    (
        "PROVISIONED",
        Choice(
            "Provisioned", "You set the number of shards and pay per shard. Best for steady traffic.", "recommended"
        ),
    ),
    ("ON_DEMAND", Choice("On-demand", "Scales automatically. You pay per GB ingested. Best for variable traffic.")),
]
ENCRYPTIONS = [
    ("aws", Choice("AWS managed key", "alias/aws/kinesis. No setup needed.", "recommended")),
    ("own", Choice("Your own key", "A KMS key that you manage. Required to share the stream with another account.")),
    ("new", Choice("A new key", "Sluice creates a KMS key in your account. You own it; it rotates every year.")),
    ("none", Choice("No encryption", "Records are stored unencrypted.")),
]


def _whole_number(
    label: str, *, least: int, most: int, initial: int, messages: dict[str, str], help_text: str = ""
) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        initial=initial,
        widget=forms.TextInput(attrs=NUMBER_INPUT),
        help_text=help_text,
        error_messages=messages,
    )


class StreamFields(EndpointFields, TrafficFields):
    """The settings of a data stream; the form over them checks what they say together."""

    name = forms.CharField(
        label="Data stream name",
        widget=forms.TextInput(attrs=NAME_INPUT),
        error_messages={"required": "Enter a data stream name."},
    )
    region = forms.CharField(
        label="Region",
        widget=forms.Select,
        help_text="Where AWS stores the stream. Choose the Region closest to where you use the data.",
        error_messages={"required": "Choose a Region."},
    )
    mode = forms.ChoiceField(label="Capacity mode", choices=MODES, initial="PROVISIONED", widget=forms.RadioSelect)
    shards = _whole_number(
        "Number of shards",
        least=1,
        most=10_000,
        initial=1,
        messages={
            "required": "Enter the number of shards.",
            "invalid": "Enter a whole number of shards, such as 2.",
            "min_value": "A provisioned stream needs at least one shard.",
            "max_value": "Kinesis allows at most 10,000 shards per stream.",
        },
    )
    retention_hours = _whole_number(
        "Retention period",
        least=24,
        most=8760,
        initial=24,
        help_text="How long the stream stores records: 24 (a day) to 8760 (a year). More than 24 costs extra.",
        messages={
            "required": "Enter the retention period in hours. The minimum is 24.",
            "invalid": "Enter a whole number of hours from 24 to 8760.",
            "min_value": "The minimum retention period is 24 hours.",
            "max_value": "The maximum retention period is 8760 hours (365 days).",
        },
    )
    max_record_kib = _whole_number(
        "Maximum record size",
        least=SMALLEST_RECORD_LIMIT,
        most=LARGEST_RECORD_LIMIT,
        initial=SMALLEST_RECORD_LIMIT,
        help_text="1024 to 10240. Use more only for occasional large records: a shard still takes 1 MB/s.",
        messages={
            "required": "Enter the maximum record size in KiB. 1024 suits sensors.",
            "invalid": "Enter a whole number of KiB from 1024 to 10240.",
            "min_value": "The lowest possible limit is 1024 KiB (1 MiB).",
            "max_value": "The highest possible limit is 10240 KiB (10 MiB).",
        },
    )
    tags = forms.CharField(
        label="Tags",
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 3, "class": "mono", "spellcheck": "false", "placeholder": "cost-centre = 4711"}
        ),
        help_text="Your own tags, one per line: key = value. Activate them in AWS Billing to see them on your bill. "
        "Sluice adds three tags of its own and does not change others.",
    )
    shard_level_metrics = forms.BooleanField(
        label="Shard-level metrics",
        required=False,
        initial=True,
        help_text="Seven CloudWatch metrics per shard, charged by AWS. They show which shard is overloaded.",
    )
    encryption = forms.ChoiceField(
        label="Encryption at rest", choices=ENCRYPTIONS, initial="aws", widget=forms.RadioSelect
    )
    kms_key_arn = forms.CharField(
        label="KMS key ARN",
        max_length=2048,
        widget=forms.TextInput(attrs={**NAME_INPUT, "class": "mono"}),
        help_text="A symmetric key in the same account and Region as the stream.",
        error_messages={"required": "Enter the ARN of your key, or choose the AWS managed key."},
    )
