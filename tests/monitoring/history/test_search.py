"""What a filter finds is kept within bounds, whatever is inside the records."""

from monitoring.history.batches import Batch
from monitoring.history.position import START, Position
from monitoring.history.search import MOST_FOUND_BYTES, Search
from monitoring.history.work import MOST_BYTES, Work
from monitoring.records.bounded_decoder import BoundedDecoder
from monitoring.records.record_contents import contents_of
from monitoring.records.record_row import rows_of
from monitoring.records.record_views import RAW_BYTES, RecordContents
from portal.aws.records import DataRecord
from tests.monitoring.conftest import NOW


class Decoder(BoundedDecoder):
    """Finds a thousand records inside each."""

    def decode(self, records, *_: object, **__: object) -> list[RecordContents]:
        (content,) = contents_of(b"{}", "k").listed
        return [RecordContents((content,) * 1000, 7) for _ in records]


def test_few_rows_are_kept_of_records_with_thousands_inside() -> None:
    records = [DataRecord(str(number), NOW, "k", b"{}", "shardId-000000000000") for number in range(300)]
    search = Search("@size > 0", Work(float("inf"), lambda: True), Decoder())
    assert search.note(records) == len(records)
    kept = search.contents(records)
    assert sum(len(contents.listed) for contents in kept) <= 20_000 + 500 + len(records)
    assert all(len(contents.listed) + contents.omitted == 1007 for contents in kept)
    assert len(kept[0].listed) == 500


class Named(BoundedDecoder):
    """Finds records whose data begins with F, in this process."""

    def decode(self, records, *_: object, **__: object) -> list[RecordContents]:
        return [contents_of(data, key) if data.startswith(b"F") else RecordContents(()) for data, key in records]


class Shards:
    """Shards that return batches of large records for ever, of which every tenth is found."""

    def __init__(self) -> None:
        self.limits: list[int] = []
        self.read_bytes = 0

    def open(self, shard_id: str, _position: Position) -> "Shards.Open":
        return Shards.Open(self, shard_id)

    class Open:
        def __init__(self, stream: "Shards", shard_id: str) -> None:
            self.stream, self.shard_id, self.number = stream, shard_id, 0

        def read(self, limit: int) -> Batch:
            self.stream.limits.append(limit)
            records = []
            for _ in range(min(limit, 20)):
                self.number += 1
                data = (b"F" if self.number % 10 == 0 else b"x") * 500_000
                records.append(DataRecord(f"{self.number}", NOW, "k", data, self.shard_id))
                self.stream.read_bytes += len(data)
            return Batch(tuple(records), NOW)


def test_a_turn_holds_little_of_what_it_reads() -> None:
    """A turn reads 256 MiB. Of what is not found only the place is held, and of what is, 32 MiB at most."""
    stream = Shards()
    search = Search("found", Work(float("inf"), lambda: True), Named())
    source = search.within(stream, 64)
    shards = [source.open(f"shardId-{number:012d}", START) for number in range(8)]
    held: list[DataRecord] = []
    while stream.read_bytes < MOST_BYTES * 2:
        held += [record for shard in shards for record in shard.read(250).records]
    found = [record for record in held if search.finds(record)]
    assert sum(len(record.data) for record in held) <= MOST_FOUND_BYTES + len(found) * RAW_BYTES
    assert sum(map(len, (record.data for record in held))) == sum(map(len, (record.data for record in found)))
    assert len(found) * 500_000 > MOST_FOUND_BYTES
    assert {search.size_of(record) for record in found} == {500_000}
    assert max(stream.limits) * 64 <= 10_000


def test_of_a_record_that_is_held_in_part_the_row_says_how_large_it_is() -> None:
    search = Search("found", Work(float("inf"), lambda: True), Named(), _bytes_left=100)
    record = DataRecord("1", NOW, "k", b"F" * 5_000, "shardId-000000000000")
    search.note([record])
    held = search.held(record)
    (contents,) = search.contents([held])
    (row,) = rows_of(held, contents, sent_size=search.size_of(held))
    assert (row.sent_size, len(row.raw_bytes), row.sent) == (5_000, 2_048, None)
