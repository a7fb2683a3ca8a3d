"""The part of the stream's page that says through which endpoint records are put."""

from typing import Any

from django import forms

from onboarding.spec.endpoint import FIPS, STANDARD, VPC, Endpoint
from onboarding.wizard.forms.fields import NAME_INPUT, Choice, forget

KINDS = [
    (STANDARD, Choice("Standard", "The public endpoint of the Region. Nothing to look after.", "recommended")),
    (
        FIPS,
        Choice("FIPS", "Cryptography validated for the US government. In the four Regions of the US only."),
    ),
    (VPC, Choice("VPC endpoint", "A PrivateLink endpoint of yours: records do not cross the public internet.")),
]
OF_VPC = ("vpc_endpoint_id", "vpc_dns_name", "vpc_only")
# The spec's words for the fields below.
FIELDS = {"kind": "endpoint", "dns_name": "vpc_dns_name", "only": "vpc_only"}
_MONO = {**NAME_INPUT, "class": "mono"}


class EndpointFields(forms.Form):
    """The endpoint of Kinesis: standard, FIPS, or a VPC endpoint with its ID and DNS name."""

    endpoint = forms.ChoiceField(
        label="Endpoint that records are sent to", choices=KINDS, initial=STANDARD, widget=forms.RadioSelect
    )
    vpc_endpoint_id = forms.CharField(
        label="VPC endpoint ID",
        max_length=100,
        widget=forms.TextInput(attrs={**_MONO, "placeholder": "vpce-0123456789abcdef0"}),
        help_text="An interface endpoint for Kinesis Data Streams, in the VPC from which the records come.",
        error_messages={"required": "Give the endpoint’s ID; the VPC console shows it under Endpoints."},
    )
    vpc_dns_name = forms.CharField(
        label="Its DNS name",
        max_length=255,
        widget=forms.TextInput(
            attrs={**_MONO, "placeholder": "vpce-0123456789abcdef0-a1b2c3d4.kinesis.eu-west-1.vpce.amazonaws.com"}
        ),
        help_text="The first under “DNS names” in the VPC console. Whoever sends records puts them to this name.",
        error_messages={"required": "Give the endpoint’s DNS name; the VPC console shows it beside the ID."},
    )
    vpc_only = forms.BooleanField(
        label="Accept records only through this endpoint",
        required=False,
        help_text="AWS then refuses records that come another way, even with the right key. Sluice puts one test "
        "record by the public endpoint first, before anybody has the key.",
    )

    def clean(self) -> dict[str, Any]:
        """Drop what does not apply, and mark what a VPC endpoint needs."""
        super().clean()
        if self.cleaned_data.get("endpoint") != VPC:
            forget(self, *OF_VPC)
        return self.cleaned_data

    def typed_endpoint(self) -> Endpoint:
        """Return what was typed, right or wrong."""
        found = self.cleaned_data
        return Endpoint(
            kind=found.get("endpoint") or STANDARD,
            vpc_endpoint_id=found.get("vpc_endpoint_id") or "",
            dns_name=found.get("vpc_dns_name") or "",
            only=bool(found.get("vpc_only")),
        )
