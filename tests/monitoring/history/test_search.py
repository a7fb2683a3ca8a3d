"""What a filter finds is kept within bounds, whatever is inside the records."""

from monitoring.history.search import Search
from monitoring.history.work import Work
from monitoring.records.bounded_decoder import BoundedDecoder
from monitoring.records.record_contents import contents_of
from monitoring.records.record_views import RecordContents
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
