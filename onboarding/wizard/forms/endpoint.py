"""The part of the stream's page that says through which endpoint records are put."""

from typing import Any

from django import forms

from onboarding.spec.endpoint import FIPS, STANDARD, VPC, Endpoint
from onboarding.wizard.forms.fields import NAME_INPUT, Choice, forget

KINDS = [
    (STANDARD, Choice("Standard", "The public endpoint of the Region. No setup needed.", "recommended")),
    (
        FIPS,
        Choice("FIPS", "Uses cryptography validated to FIPS 140, a US government standard. US Regions only."),
    ),
    (VPC, Choice("VPC endpoint", "Your own AWS PrivateLink endpoint, a private connection that avoids the internet.")),
]
OF_VPC = ("vpc_endpoint_id", "vpc_dns_name", "vpc_only")
# The spec's words for the fields below.
FIELDS = {"kind": "endpoint", "dns_name": "vpc_dns_name", "only": "vpc_only"}
_MONO = {**NAME_INPUT, "class": "mono"}


class EndpointFields(forms.Form):
    """The endpoint of Kinesis: standard, FIPS, or a VPC endpoint with its ID and DNS name."""

    endpoint = forms.ChoiceField(label="Endpoint", choices=KINDS, initial=STANDARD, widget=forms.RadioSelect)
    vpc_endpoint_id = forms.CharField(
        label="VPC endpoint ID",
        max_length=100,
        widget=forms.TextInput(attrs={**_MONO, "placeholder": "vpce-0123456789abcdef0"}),
        help_text="An interface endpoint for Kinesis Data Streams, in the VPC that the producer runs in.",
        error_messages={"required": "Enter the endpoint ID. The VPC console shows it under Endpoints."},
    )
    vpc_dns_name = forms.CharField(
        label="VPC endpoint DNS name",
        max_length=255,
        widget=forms.TextInput(
            attrs={**_MONO, "placeholder": "vpce-0123456789abcdef0-a1b2c3d4.kinesis.eu-west-1.vpce.amazonaws.com"}
        ),
        help_text="The first entry under “DNS names” in the VPC console. The producer sends records to this name.",
        error_messages={"required": "Enter the DNS name. The VPC console shows it next to the endpoint ID."},
    )
    vpc_only = forms.BooleanField(
        label="Accept records only through this endpoint",
        required=False,
        help_text="AWS then rejects records sent any other way, even with a valid key. Sluice sends one test "
        "record through the public endpoint before anyone can download the key.",
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
