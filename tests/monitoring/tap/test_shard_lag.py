from monitoring.tap.shard_lag import ShardLag


def followed(lag: ShardLag, *answers: float, every: float = 1.0) -> list[bool]:
    """Note an answer each second; return after each whether it is hopeless."""
    found = []
    for number, behind in enumerate(answers):
        lag.note(behind, number * every)
        found.append(lag.is_hopeless(number * every))
    return found


def test_before_the_first_read_it_is_not_known() -> None:
    assert ShardLag().seconds(100.0) is None


def test_it_is_what_kinesis_said_and_grows_while_no_read_succeeds() -> None:
    lag = ShardLag()
    lag.note(0.0, 100.0)
    assert [lag.seconds(100.0 + since) for since in (0.0, 1.0, 3.0, 12.0)] == [0.0, 0.0, 0.0, 12.0]
    lag.note(7.0, 120.0)
    assert lag.seconds(122.0) == 9.0


def test_a_backlog_that_becomes_smaller_is_read() -> None:
    assert not any(followed(ShardLag(), *(float(behind) for behind in range(250, -1, -1))))


def test_a_minute_that_stays_a_minute_is_hopeless_after_twenty_seconds() -> None:
    found = followed(ShardLag(), *[61.0] * 22)
    assert found.index(True) == 20


def test_a_backlog_that_would_take_more_than_five_minutes_is_hopeless() -> None:
    answers = [3_600.0 - number for number in range(22)]
    assert followed(ShardLag(), *answers).index(True) == 20


def test_less_than_a_minute_is_never_hopeless() -> None:
    assert not any(followed(ShardLag(), *[59.0] * 100))


def test_time_in_which_it_kept_up_does_not_count() -> None:
    assert not any(followed(ShardLag(), *[0.0] * 100, *[61.0] * 19))
