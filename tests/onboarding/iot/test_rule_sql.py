"""The SQL of a rule: what AWS accepts is accepted, and what it would refuse is refused with its position."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.iot.device_source import default_sql
from onboarding.iot.rule_sql import LONGEST, MOST_DEPTH, read_sql
from onboarding.iot.sql_tokens import SqlRefused
from portal.messages.catalogue import text_of


@pytest.mark.parametrize(
    "sql",
    [
        default_sql("sluice-lobby/air"),
        "select temperature from 'a/b' where temperature>50",
        "SELECT state.reported.t AS t, tags[0], a.b[1 + 1].c FROM 'a/+/b'",
        "SELECT *, (t - 32) * 5 / 9 AS celsius FROM 'a/#' WHERE NOT (t > 50) AND color <> 'red' OR x % 2 = -1",
        "SELECT encode(*, 'base64') AS data, topic(2) AS device FROM 'a/+/#'",
        "SELECT concat('it''s ', name, newuuid()) AS text FROM 'a' WHERE isNull(x) OR startswith(topic(), 'a/')",
        "SELECT cast(t AS_STRING_IS_A_NAME, 'x') FROM 'a'".replace("t AS_STRING_IS_A_NAME", "t"),
        "SELECT *\n  FROM 'a'\n WHERE ok = TRUE AND other <> NULL",
    ],
)
def test_what_aws_accepts_is_accepted(sql: str) -> None:
    assert read_sql(sql).topic_filter.startswith(("a", "sluice-lobby/air/"))


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("", "Character 1: expected SELECT, found the end."),
        ("UPDATE x", "Character 1: expected SELECT, found UPDATE."),
        ("SELECT FROM 'a'", "Character 8: expected a field or a value, found FROM."),
        ("SELECT * FROM a", "Character 15: expected a topic filter in single quotation marks, found a."),
        ("SELECT * FROM 'a", "Character 15: this text has no closing quotation mark (')."),
        ("SELECT *", "Character 9: expected FROM, found the end."),
        ("SELECT * FROM ''", "Character 15: this is not a topic filter."),
        ("SELECT * FROM '$aws/things/#'", "Character 15: this is not a topic filter."),
        ("SELECT * FROM 'a/#/b'", "# is allowed only as the whole last level."),
        ("SELECT * FROM 'a/b#'", "# is allowed only as the whole last level."),
        ("SELECT * FROM 'a/+b'", "+ is allowed only as a whole level."),
        ("SELECT * FROM 'a/b/c/d/e/f/g/h/i'", "at most 256 bytes and 8 levels"),
        ("SELECT * FROM 'a'; DROP", "Character 18: “;” is not part of AWS IoT SQL."),
        ("SELECT \"t\" FROM 'a'", 'Character 8: “"” is not part of AWS IoT SQL.'),
        ("SELECT * FROM 'a' WHERE", "Character 24: expected a field or a value, found the end."),
        ("SELECT * FROM 'a' WHERE t >", "Character 28: expected a field or a value, found the end."),
        ("SELECT * FROM 'a' LIMIT 1", "Character 19: expected the end of the statement, found LIMIT."),
        ("SELECT * FROM 'a' WHERE t LIKE 'x'", "Character 27: LIKE is not supported"),
        ("SELECT (SELECT 1) FROM 'a'", "Character 9: expected a field or a value, found SELECT."),
        ("SELECT t AS FROM 'a'", "Character 13: expected a name after AS, found FROM."),
        ("SELECT a. FROM 'a'", "Character 11: expected a name after the dot, found FROM."),
        ("SELECT topic(1, 2) FROM 'a'", "Character 8: topic has 2 arguments; it takes 0 to 1."),
        ("SELECT aws_lambda('arn', *) FROM 'a'", "Character 8: AWS IoT SQL has no function aws_lambda"),
        ("SELECT (t FROM 'a'", "Character 11: expected ), found FROM."),
        ("SELECT " + "(" * 30 + "t FROM 'a'", f"nested more than {MOST_DEPTH} levels deep"),
        ("SELECT " + "a" * LONGEST, f"more than {LONGEST} characters"),
    ],
)
def test_what_aws_would_refuse_is_refused_with_its_position(sql: str, says: str) -> None:
    with pytest.raises(SqlRefused) as refused:
        read_sql(sql)
    assert says in text_of(refused.value.message)


@given(st.text(max_size=200) | st.from_regex(r"SELECT [a-z*(),.'\[\]<>=+ -]{0,80} FROM '[a-z/+#]{0,20}'.{0,60}"))
def test_any_text_is_read_or_refused(sql: str) -> None:
    assert "%(" not in message_of(sql)


def message_of(sql: str) -> str:
    try:
        return read_sql(sql).topic_filter[:0]
    except SqlRefused as refused:
        return text_of(refused.message)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT \u0661 FROM 'a'", "Character 8: “\u0661” is not part of AWS IoT SQL."),
        ("SELECT a\u00a0FROM 'a'", "Character 9: “U+00A0” is not part of AWS IoT SQL."),
        ("SELECT 'a\0' FROM 'a'", "Character 10: “U+0000” is not part of AWS IoT SQL."),
        ("SELECT * FROM 'a/\x1b'", "Character 18: “U+001B” is not part of AWS IoT SQL."),
        ("SELECT * FROM 'a/\ud800'", "Character 18: “U+D800” is not part of AWS IoT SQL."),
        ("SELECT '\u202e' FROM 'a'", "Character 9: “U+202E” is not part of AWS IoT SQL."),
    ],
)
def test_characters_that_no_reader_sees_are_named(sql: str, says: str) -> None:
    with pytest.raises(SqlRefused) as refused:
        read_sql(sql)
    assert says in text_of(refused.value.message)
