"""A lower layer says what it says by a code: finished English stays in catalogues, forms, the admin and commands."""

import pytest

from tests.architecture.finished_english import JUSTIFIED, finished, labels, labels_of_pages, lower_layers


def test_no_lower_layer_holds_finished_english() -> None:
    found = [(file, text) for file, text in lower_layers() if not any(row.covers(file, text) for row in JUSTIFIED)]
    assert found == [], "create a Message (docs/decisions/0014-messages-as-codes.md), or call gettext in a view"


def test_what_is_justified_is_still_there() -> None:
    found = lower_layers()
    assert [row for row in JUSTIFIED if not any(row.covers(file, text) for file, text in found)] == []
    assert all(row.reason for row in JUSTIFIED)


def test_every_label_of_a_page_goes_through_gettext() -> None:
    assert labels_of_pages() == []
    assert labels('action = "Open stream"') == labels('Line("Open stream")') == ["Open stream"]
    assert labels('action = _("Open stream")') == labels('key = "open_stream"') == []


@pytest.mark.parametrize(
    "source",
    [
        'raise Refused("The bucket does not exist.")',
        'title = f"Bucket {name} does not exist."',
        'Check(why="Is it yours to delete?")',
        'messages.success(request, "Saved")',
        'messages.error(request, f"{name} failed")',
        'form.add_error(None, "Try again")',
        'raise ValidationError("Too long")',
    ],
)
def test_finished_english_is_found(source: str) -> None:
    assert len(finished(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"""The bucket does not exist."""',
        'messages.success(request, _("Saved"))',
        'messages.error(request, explanation_of(Message("bucket.absent", bucket=name)))',
        '_NOTE = gettext_lazy("The bucket does not exist.")',
        'log.warning("run.lost run=%s: the sweep will find it.", pk)',
        'models.TextField(help_text="The bucket of the delivery.")',
        'assert found, "The bucket does not exist."',
        'Message("bucket.absent", bucket=name)',
        'operation = "PutRecord of Kinesis"',
    ],
)
def test_what_is_no_finished_english_is_passed_over(source: str) -> None:
    assert finished(source) == []
