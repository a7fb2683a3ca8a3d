"""The permissions of Firehose's role, as sentences, while a delivery is being typed."""

from onboarding.deliveries import form_codec
from onboarding.deliveries.destination import Place
from onboarding.deliveries.kinds import read
from onboarding.models.integration import Integration
from onboarding.wizard import pages
from onboarding.wizard.forms.delivery import DeliveryForm
from portal.aws.policies.delivery import firehose_role_policy
from portal.aws.policies.descriptions import describe_policy

_ANY_ACCOUNT = "111122223333"


def permission_sentences(integration: Integration, form: DeliveryForm) -> list[str]:
    """Return the permissions of Firehose's role, for what was typed so far."""
    stream = pages.values_of(integration, "stream")
    region, name = str(stream.get("region") or "eu-west-1"), str(stream.get("name") or "your-stream")
    values = {field: form[field].value() or "" for field in form.fields}
    try:
        delivery = read(form_codec.plain({**values, "kind": form.chosen}))
        place = Place(
            region=region,
            account_id=_ANY_ACCOUNT,
            partition="aws",
            role_arn=f"arn:aws:iam::{_ANY_ACCOUNT}:role/sluice/{delivery.name or 'role'}",
            bucket_arn=f"arn:aws:s3:::{delivery.bucket or 'your-bucket'}",
            log_group=delivery.log_group,
        )
        document = firehose_role_policy(
            stream_arn=f"arn:aws:kinesis:{region}:{_ANY_ACCOUNT}:stream/{name}",
            bucket_arn=place.bucket_arn,
            prefix=delivery.prefix,
            log_group_arn=f"arn:aws:logs:{region}:{_ANY_ACCOUNT}:log-group:{delivery.log_group}",
            error_prefix=delivery.error_prefix,
            more_prefixes=delivery.destination.prefixes,
            more=delivery.statements(place),
        )
        return describe_policy(document)
    except (TypeError, ValueError, AttributeError, KeyError):
        # A half-typed delivery has no permissions yet; they appear when the fields that they follow from are filled in.
        return []
