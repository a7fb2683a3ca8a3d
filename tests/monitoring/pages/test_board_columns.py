from monitoring.board_sorts import SORTS
from monitoring.pages.board_address import BoardAddress
from monitoring.pages.board_columns import columns
from monitoring.pages.sorted_columns import Column

NUMBERS = frozenset({"records"})


def heading(label: str, sort: str, *, with_tenant: bool = True, search: str = "") -> Column:
    found = columns(BoardAddress(q=search, state="failing", sort=sort), NUMBERS, with_tenant=with_tenant)
    return next(column for column in found if column.label == label)


def test_a_click_sorts_and_the_next_one_turns_the_order() -> None:
    assert heading("Stream", "").url == "?state=failing&sort=stream"
    assert heading("Stream", "stream") == Column("Stream", "", "?state=failing&sort=-stream", "ascending")
    assert heading("Stream", "-stream") == Column("Stream", "", "?state=failing&sort=stream", "descending")


def test_numbers_sort_the_highest_first() -> None:
    assert heading("Records/s", "").url == "?state=failing&sort=-records"
    assert heading("Records/s", "-records").url == "?state=failing&sort=records"


def test_the_status_is_the_order_without_a_column() -> None:
    assert heading("Status", "") == Column("Status", "", "?state=failing", "ascending")
    assert heading("Status", "stream").direction == ""


def test_every_column_sorts() -> None:
    found = columns(BoardAddress(), NUMBERS, with_tenant=True)
    assert all(column.url for column in found)
    keys = [column.url.partition("sort=")[2].removeprefix("-") for column in found]
    assert set(keys) - {""} <= set(SORTS)


def test_a_tenants_board_has_no_column_of_tenants() -> None:
    labels = [column.label for column in columns(BoardAddress(), NUMBERS, with_tenant=False)]
    assert "Tenant" not in labels
    assert labels[:2] == ["Status", "Stream"]


def test_what_was_typed_is_quoted() -> None:
    assert BoardAddress(q="a&b=c", sort="-stream").query() == "q=a%26b%3Dc&sort=-stream"
    assert heading("Stream", "", search='"><b>').url.startswith("?q=%22%3E%3Cb%3E&")
