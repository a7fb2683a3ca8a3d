from typing import Any

import pytest

from onboarding.models.connection import Connection
from onboarding.wizard.forms.account import AccountForm, RoleForm
from onboarding.wizard.forms.delivery import DeliveryForm
from onboarding.wizard.forms.delivery_suggestions import suggested_delivery
from onboarding.wizard.forms.stream import StreamForm
from tests.onboarding.pages import ACCOUNT, DELIVERY, STREAM

OURS = Connection(account_id=ACCOUNT, name="production")
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"


def stream(**changes: Any) -> StreamForm:
    return StreamForm({**STREAM, **changes}, connection=OURS)


def delivery(**changes: Any) -> DeliveryForm:
    return DeliveryForm({**DELIVERY, **changes}, connection=OURS, stream_name="sluice-sensors")


@pytest.mark.parametrize("typed", [ACCOUNT, "1111-2222-3333", " 1111 2222 3333 "])
def test_an_account_id_is_taken_as_the_console_shows_it(typed: str) -> None:
    form = AccountForm({"name": "production", "account_id": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["account_id"] == ACCOUNT


@pytest.mark.parametrize(
    "typed", ["", "12345", "1111222233334", "11112222333a", "１１１１２２２２３３３３", "arn:aws:iam::1:root"]
)
def test_an_account_id_that_has_not_twelve_digits_is_refused_at_its_field(typed: str) -> None:
    form = AccountForm({"name": "production", "account_id": typed})
    assert set(form.errors) == {"account_id"}
    assert form["account_id"].value() == typed


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "SluiceAccess",
        "arn:aws:iam::444455556666:role/SluiceAccess",
        f"arn:aws:iam::{ACCOUNT}:user/SluiceAccess",
        f"arn:aws:iam::{ACCOUNT}:role/",
    ],
)
def test_a_role_must_be_one_of_this_account(typed: str) -> None:
    form = RoleForm({"role_arn": typed}, account_id=ACCOUNT)
    assert set(form.errors) == {"role_arn"}


def test_a_role_may_stand_under_a_path() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/vendors/SluiceAccess"
    assert RoleForm({"role_arn": f" {arn} "}, account_id=ACCOUNT).is_valid()


def test_a_sensible_stream_passes() -> None:
    assert stream().is_valid()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "sluice-sensors!"),
        ("name", "sluice sensors"),
        ("name", "sluice-" + "x" * 122),
        ("name", "sensors"),
        ("name", "sluice-größe"),
        ("region", ""),
        ("region", "mars-1"),
        ("region", "cn-north-1"),
        ("mode", "SOMETIMES"),
        ("shards", ""),
        ("shards", "0"),
        ("shards", "two"),
        ("shards", "10001"),
        ("shards", "1.5"),
        ("retention_hours", "23"),
        ("retention_hours", "8761"),
        ("retention_hours", ""),
        ("encryption", "rot13"),
    ],
)
def test_what_kinesis_refuses_is_refused_at_its_field_and_kept(field: str, typed: str) -> None:
    form = stream(**{field: typed})
    assert set(form.errors) == {field}
    assert form[field].value() == typed
    assert f'value="{typed}"' in str(form[field]) or typed == "" or field in {"mode", "encryption"}


def test_on_demand_needs_no_shards_and_minds_none() -> None:
    form = stream(mode="ON_DEMAND", shards="many")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["shards"] is None


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "alias/mine",
        KEY.replace("eu-west-1", "us-east-1"),
        KEY.replace(ACCOUNT, "444455556666"),
    ],
)
def test_an_own_key_must_be_one_of_this_account_and_region(typed: str) -> None:
    assert set(stream(encryption="own", kms_key_arn=typed).errors) == {"kms_key_arn"}


def test_an_own_key_passes_and_is_ignored_where_another_is_chosen() -> None:
    assert stream(encryption="own", kms_key_arn=KEY).is_valid()
    assert stream(encryption="aws", kms_key_arn="nonsense").is_valid()


def test_half_a_page_shows_no_errors_until_it_is_asked_for() -> None:
    half = {"name": "sluice", "region": "", "mode": "PROVISIONED"}
    form = StreamForm(half, submitted=False, connection=OURS)
    assert not form.errors
    assert form["name"].value() == "sluice"
    assert StreamForm(half, submitted=True, connection=OURS).errors


def test_the_names_are_suggested_within_their_limits() -> None:
    found = suggested_delivery(OURS, "sluice-" + "Sensors_of.Berlin" * 6)
    assert len(found["name"]) <= 64
    assert DeliveryForm({**DELIVERY, **found}, connection=OURS).is_valid()
    assert found["bucket"].endswith(f"-{ACCOUNT}")


def test_a_sensible_delivery_passes() -> None:
    assert delivery().is_valid()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("kind", "floppy"),
        ("name", ""),
        ("name", "sluice sensors"),
        ("name", "sluice-" + "x" * 60),
        ("name", "sensors-to-s3"),
        ("bucket", ""),
        ("bucket", "Sluice-Sensors"),
        ("bucket", "sl"),
        ("bucket", "192.168.1.1"),
        ("bucket", "sluice_sensors"),
        ("bucket", "northwind-data"),
        ("buffering_seconds", "901"),
        ("buffering_seconds", "-1"),
        ("buffering_mb", "0"),
        ("buffering_mb", "129"),
        ("buffering_mb", ""),
        ("prefix", "a/!{timestamp:jahr}/"),
        ("compression", "RAR"),
    ],
)
def test_what_firehose_or_s3_refuses_is_refused_at_its_field_and_kept(field: str, typed: str) -> None:
    form = delivery(**{field: typed})
    assert set(form.errors) == {field}
    assert form[field].value() == typed


def test_a_bucket_with_two_faults_hears_of_both() -> None:
    assert len(delivery(bucket="Northwind-Data").errors["bucket"]) == 2


def test_no_storage_minds_nothing_else() -> None:
    form = delivery(kind="none", bucket="NOT A BUCKET", buffering_mb="much", prefix="!{")
    assert form.is_valid(), form.errors


def test_every_error_is_tied_to_its_field_for_screen_readers() -> None:
    drawn = str(stream(name="no!")["name"])
    assert 'aria-invalid="true"' in drawn
    assert "id_name_error" in drawn


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        ("max_record_kib", "", "1024 suits sensors"),
        ("max_record_kib", "1 MiB", "whole number"),
        ("max_record_kib", "1023", "lowest possible limit is 1024"),
        ("max_record_kib", "10241", "highest possible limit is 10240"),
        ("tags", "aws:team = a", "rename the tag"),
        ("tags", "= a", "needs a key"),
        ("tags", "a = 1\na = 2", "is listed twice"),
        ("tags", f"{'k' * 129} = a", "at most 128"),
    ],
)
def test_record_size_and_tags_follow_the_rules_of_aws(field: str, typed: str, expected: str) -> None:
    form = stream(**{field: typed})
    assert set(form.errors) == {field}
    assert expected in str(form.errors[field])
    assert form[field].value() == typed


def test_tags_and_record_size_pass_and_an_older_draft_too() -> None:
    assert stream(tags="team = a\nfloor = 3", max_record_kib="10240").is_valid()
    older = stream()
    assert older.is_valid()
    assert older.cleaned_data["max_record_kib"] == 1024


def test_a_new_key_is_offered_only_where_the_role_may_make_one() -> None:
    assert stream(encryption="new").is_valid()
    without = Connection(account_id=ACCOUNT, name="production", allow_keys=False)
    form = StreamForm({**STREAM, "encryption": "new"}, connection=without)
    assert set(form.errors) == {"encryption"}
    assert [key for key, _ in form.fields["encryption"].choices] == ["aws", "own", "none"]
