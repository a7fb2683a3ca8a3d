"""The declaration: YAML in, the same YAML out, and everything wrong named by line and path."""

import pytest

from onboarding.problem_texts import lines_of, sentence_of
from onboarding.spec import rules, yaml_file
from onboarding.spec.problem import SpecRefused

GOOD = """\
name: sluice-sensors
connection: production
stream:
  name: sluice-sensors
  region: eu-west-1
  shards: 2
deliveries:
  - name: sluice-sensors-to-s3
    bucket: sluice-sensors-111122223333
recipients:
  - 0123456789ABCDEF0123456789ABCDEF01234567
"""


def problems(text: str) -> list[str]:
    with pytest.raises(SpecRefused) as caught:
        yaml_file.from_yaml(text)
    return lines_of(caught.value)


def test_what_is_written_is_read_back() -> None:
    spec = yaml_file.from_yaml(GOOD)
    assert yaml_file.from_yaml(spec.as_yaml()) == spec
    assert spec.stream.retention_hours == 24
    assert spec.deliveries[0].prefix.startswith("sensors/")
    tagged = yaml_file.from_yaml(GOOD.replace("shards: 2", "tags: {floor: '3', team: Gebäude}"))
    assert yaml_file.from_yaml(tagged.as_yaml()) == tagged
    assert tagged.stream.tags == {"floor": "3", "team": "Gebäude"}


def test_a_key_for_the_vendor_alone_has_no_recipients() -> None:
    listed = "recipients:" + GOOD.partition("recipients:")[2]
    for text in (GOOD.replace(listed, "recipients: []\n"), GOOD.replace(listed, "")):
        spec = yaml_file.from_yaml(text)
        assert spec.recipients == ()
        assert yaml_file.from_yaml(spec.as_yaml()) == spec


def test_an_on_demand_stream_has_no_shards() -> None:
    spec = yaml_file.from_yaml(GOOD.replace("shards: 2", "mode: ON_DEMAND"))
    assert spec.stream.shards is None
    both = GOOD.replace("shards: 2", "mode: ON_DEMAND\n  shards: 2")
    assert problems(both) == ["line 7, stream.shards: An on-demand stream has no number of shards. Remove it."]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("shards: 2", "shardz: 2", "line 4, stream: Unknown: shardz."),
        ("  region: eu-west-1\n", "", "line 4, stream: Missing: region."),
        ("shards: 2", "shards: 0", "line 6, stream.shards: 0 is less than the minimum of 1."),
        ("region: eu-west-1", "region: eu-west-9", "line 5, stream.region:"),
        ("name: sluice-sensors\n  region", "name: bad name!\n  region", "line 4, stream.name:"),
        ("bucket: sluice-sensors-111122223333", "bucket: Sluice_Data", "line 9, deliveries.0.bucket:"),
        ("0123456789ABCDEF0123456789ABCDEF01234567", "ada@northwind.example", "recipients.0:"),
        ("  shards: 2", "  shards: [", "This is not YAML"),
        ("shards: 2", "max_record_kib: 512", "line 6, stream.max_record_kib: 512 is less than the minimum of 1024."),
        ("shards: 2", "tags: {floor: 3}", "line 6, stream.tags.floor: 3 is not of type 'string'."),
        ("shards: 2", "tags: {'aws:x': a}", "line 6, stream.tags: Keys that begin with “aws:” are AWS's own"),
        ("shards: 2", "tags: {managed-by: a}", "line 6, stream.tags: Sluice sets the tag “managed-by” itself"),
    ],
)
def test_what_is_wrong_is_named_with_line_and_path(old: str, new: str, expected: str) -> None:
    assert any(expected in problem for problem in problems(GOOD.replace(old, new))), problems(GOOD.replace(old, new))


@pytest.mark.parametrize("text", ["", "[]", "just words", "- a\n- b", "stream: 5"])
def test_what_is_no_spec_at_all_is_refused(text: str) -> None:
    assert problems(text)


def test_a_key_of_another_account_or_region_is_refused() -> None:
    arn = "arn:aws:kms:eu-central-1:999988887777:key/0a1b2c3d-0a1b-4c2d-8e3f-0a1b2c3d4e5f"
    text = GOOD.replace("shards: 2", f"kms_key: {arn}")
    assert any("is not in eu-west-1" in problem for problem in problems(text))
    spec = yaml_file.from_yaml(text.replace("eu-central-1", "eu-west-1"))
    found = rules.check(spec, account_id="111122223333")
    assert [sentence_of(problem) for problem in found] == ["This key belongs to another AWS account."]


def test_names_outside_the_connections_prefix_are_refused() -> None:
    spec = yaml_file.from_yaml(GOOD.replace("name: sluice-sensors\n  region", "name: mine\n  region"))
    assert [problem.path for problem in rules.check(spec, name_prefix="sluice-")] == ["stream.name"]


def test_two_deliveries_have_two_names_and_agree_about_their_bucket() -> None:
    second = (
        "  - name: sluice-sensors-to-s3\n    bucket: sluice-sensors-111122223333\n    new_bucket: false\nrecipients:"
    )
    found = problems(GOOD.replace("recipients:", second))
    assert found == [
        "line 10, deliveries.1.name: Another delivery of this stream is named sluice-sensors-to-s3. "
        "Use a different name for each.",
        "line 12, deliveries.1.new_bucket: Two deliveries write to sluice-sensors-111122223333. "
        "Set the same new_bucket value for both.",
    ]


def test_a_prefix_with_expressions_needs_the_error_type() -> None:
    text = GOOD.replace("recipients:", "    error_prefix: errors/\nrecipients:")
    assert any("deliveries.0.error_prefix" in problem for problem in problems(text))
