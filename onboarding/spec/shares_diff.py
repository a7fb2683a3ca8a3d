"""What changed shares mean for an integration that is set up: the part of diff.py about other AWS accounts."""

from collections.abc import Iterator

from onboarding.sharing.share import Share
from onboarding.spec.change import NONE, Change, Verb, joined, text
from onboarding.spec.integration_spec import IntegrationSpec
from portal.messages.message import Message


def of_shares(before: IntegrationSpec, after: IntegrationSpec) -> Iterator[Change]:
    """Return the principals that get, keep under another name, or lose the right to read the stream."""
    was = {share.label: share for share in before.shares}
    now = {share.label: share for share in after.shares}
    for label, share in now.items():
        earlier = was.get(label)
        if earlier is None:
            yield Change(*_head(share), NONE, _reader(share), Verb.CREATE, _added(share, after))
        elif earlier != share:
            values = _reader(earlier), _reader(share)
            yield Change(*_head(share), *values, Verb.UPDATE, _added(share, after))
    for label, share in was.items():
        if label not in now:
            effect = Message("change.share_removed", account=share.reader.account_id)
            yield Change(*_head(share), _reader(share), NONE, Verb.REMOVE, effect)


def _head(share: Share) -> tuple[str, Message]:
    return f"shares.{share.label}", Message("setting.share", label=share.label)


def _reader(share: Share) -> Message:
    if not share.fan_out:
        return text(share.principal)
    return Message("value.share_by_fan_out", principal=share.principal, name=share.fan_out)


def _added(share: Share, spec: IntegrationSpec) -> Message:
    reads = Message("change.share_added", account=share.reader.account_id, region=spec.stream.region)
    key = spec.stream.customer_key_arn
    return joined(reads, Message("change.share_own_key", arn=key)) if key else reads
