import io
import json
import resource
import subprocess
import sys

from monitoring.records import decoder_process
from monitoring.records.record_contents import contents_of
from monitoring.records.record_views import contents_from_json

IMPORTED = """
import sys
from monitoring.records import decoder_process
print(*sorted({name.split(".")[0] for name in sys.modules} & {"django", "boto3", "botocore", "redis", "celery"}))
"""
LIMITS = """
import resource
from monitoring.records import decoder_process
decoder_process.limit()
try:
    bytearray(512 * 1024 * 1024)
except MemoryError:
    print("out of memory", *resource.getrlimit(resource.RLIMIT_CORE), *resource.getrlimit(resource.RLIMIT_FSIZE))
"""


def output_of(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=120
    ).stdout.strip()


def test_every_record_is_answered_with_a_line_between_two_empty_ones() -> None:
    stream = io.BytesIO()
    decoder_process.answer(stream, [(b'{"a": 1}', "k"), (b"", "m")], {"allowed": ["a"]})
    first, first_answer, second_answer, last = stream.getvalue().split(b"\n")[:-1]
    assert (first, last) == (b"", b"")
    assert contents_from_json(first_answer) == contents_of(b'{"a": 1}', "k", ["a"])
    assert json.loads(second_answer)["listed"][0]["decoder_path"] == "empty"


def test_it_imports_no_framework() -> None:
    assert output_of(IMPORTED) == ""


def test_its_memory_is_limited_and_it_writes_no_file() -> None:
    assert output_of(LIMITS) == "out of memory 0 0 0 0"
    assert resource.getrlimit(resource.RLIMIT_FSIZE) != (0, 0)
