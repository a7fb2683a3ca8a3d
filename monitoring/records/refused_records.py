"""Records that ended their decoder, remembered in Redis so that no other tap decodes them again."""

from redis import Redis

from portal import live
from portal.aws.records import DataRecord

_REMEMBERED_SECONDS = 600  # longer than a tap that starts reads back


def name_of(record: DataRecord) -> str:
    """Return what identifies a record in its stream."""
    return f"{record.shard_id}/{record.sequence_number}"


def remember(redis: Redis, uid: str, records: list[DataRecord]) -> None:
    """Remember records of a stream for ten minutes; raises RedisError."""
    with redis.pipeline() as pipe:
        pipe.sadd(f"refused:{uid}", *[name_of(record) for record in records])
        pipe.expire(f"refused:{uid}", _REMEMBERED_SECONDS)
        pipe.execute()


def remembered(redis: Redis, uid: str) -> set[str]:
    """Return the names of the remembered records of a stream; raises RedisError."""
    members = redis.smembers(f"refused:{uid}")
    return {live.text(member) for member in members}
