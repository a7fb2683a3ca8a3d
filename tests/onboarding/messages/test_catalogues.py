"""The sentences of a run, as people read them."""

from portal.messages.catalogue import explanation_of, text_of, todo_of
from portal.messages.message import Message

TAKEN = Message("refused.bucket_name_taken", bucket="sensors")


def test_a_failed_run_has_its_steps_title_reason_and_advice() -> None:
    failure = Message("run.step_failed", step=Message("step.new_bucket", bucket="sensors"), reason=TAKEN)
    assert text_of(failure).startswith("Bucket sensors exists: private, encrypted, TLS only: The bucket name sensors")
    assert todo_of(failure) == todo_of(TAKEN) == "Choose another bucket name, then try again."


def test_a_run_that_waited_too_long_has_what_it_waited_for() -> None:
    reason = Message("waiting.stream_status", status="CREATING")
    stuck = Message("run.timeout", reason=reason, waited_seconds=600)
    assert text_of(stuck) == "Stopped after 10 minutes: AWS reports the data stream as CREATING."


def test_several_outcomes_are_one_line() -> None:
    outcomes = [Message("outcome.created"), Message("outcome.tls_required")]
    assert text_of(Message("outcome.several", outcomes=outcomes)) == "created, required TLS"


def test_one_shard_and_several() -> None:
    assert [text_of(Message("stream.shards", shard_count=count)) for count in (1, 2)] == ["1 shard", "2 shards"]


def test_a_quarantined_run_is_for_the_operator() -> None:
    assert explanation_of(Message("run.quarantined", crash_count=5)) == (
        "The worker ended 5 times while working on this run. Cause: Sluice. Support must check the worker's log before "
        "it is tried again."
    )
