"""manage.py stream shard-of: the hash key and shard of partition keys, from the shards as AWS listed them last."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from monitoring.hot_keys.placement import Placement, placements, problem_of
from monitoring.shards.stored import listed_shards
from onboarding.management.integrations.named import add_integration, named_integration
from portal.command_line import failed
from portal.messages.message import Message


def add_arguments(parser: ArgumentParser) -> None:
    """Add the stream and its keys."""
    add_integration(parser)
    parser.add_argument("keys", nargs="*", metavar="KEY", help=_("A partition key; at most 20 of them."))
    parser.add_argument(
        "--explicit-hash-key",
        action="append",
        default=[],
        metavar="NUMBER",
        help=_("An explicit hash key, which decides the shard in place of a partition key."),
    )


def answer(options: dict[str, Any]) -> dict[str, Any]:
    """Return the shard of each key; raises CommandFailed for bad keys, and before the shards were listed."""
    integration = named_integration(options)
    keys, hash_keys = options["keys"], options["explicit_hash_key"]
    if problem := problem_of(keys, hash_keys):
        raise failed(problem)
    listed = listed_shards(integration.pk)
    if listed is None:
        raise failed(Message("shard_of.not_listed"))
    return {
        "integration": integration.name,
        "shards_listed_at": listed.read_at,
        "keys": [_as_json(each) for each in placements(keys, hash_keys, listed.shards)],
    }


def text(answer: dict[str, Any]) -> str:
    """Return one line for each key: the key, its shard, its hash key."""
    unknown = _("no open shard is listed")
    lines = [f"{each['key']}\t{each['shard_id'] or unknown}\t{each['hash_key']}" for each in answer["keys"]]
    return "\n".join(lines)


def _as_json(placement: Placement) -> dict[str, Any]:
    shard = placement.shard
    return {
        "key": placement.key,
        "hash_key": str(placement.hash_key),
        "shard_id": shard.shard_id if shard else None,
    }
