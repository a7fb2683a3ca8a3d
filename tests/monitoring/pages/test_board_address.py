from monitoring.pages.board_address import BoardAddress


def test_what_means_nothing_is_left_out() -> None:
    given = {"q": f"  {'x' * 200}", "state": "odd", "cause": "<b>", "sort": "--stream", "group": "tenant", "more": "1"}
    assert BoardAddress.of(given) == BoardAddress(q="x" * 100)


def test_an_address_comes_back_from_its_query() -> None:
    address = BoardAddress(q="a&b=c", state="failing", cause="stream.throttled", sort="-records", group="cause")
    assert address.query() == "q=a%26b%3Dc&state=failing&cause=stream.throttled&sort=-records&group=cause"
    assert BoardAddress.of(dict(part.split("=") for part in address.query(q="a").split("&"))).q == "a"
    assert address.query(q="", cause="", group="") == "state=failing&sort=-records"


def test_only_what_leaves_streams_out_is_a_filter() -> None:
    assert not BoardAddress(sort="stream", group="cause").is_filtered
    assert BoardAddress(cause="stream.throttled").is_filtered
