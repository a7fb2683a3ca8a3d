"""A key that was decrypted: read in both of its forms, and never quoted where it cannot be read."""

import io
import json
import tarfile

import pytest

from onboarding.credentials.contents import CSV_NAME, bundle, read_bundle, read_key

KEY = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
PLACE = {"region": "eu-west-1", "stream_arn": "arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-harbour"}
PAIR = (KEY["access_key_id"], KEY["secret"])
ANSWER = {"AccessKey": {"UserName": "u", "AccessKeyId": PAIR[0], "SecretAccessKey": PAIR[1], "Status": "Active"}}


def archive(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name.replace("__", "."))
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


@pytest.mark.parametrize("text", [json.dumps(ANSWER), f"\n  {json.dumps(ANSWER, indent=2)}\n"])
def test_an_answer_of_create_access_key_is_read(text: str) -> None:
    assert read_key(text.encode()) == PAIR


@pytest.mark.parametrize("endpoint", [None, {"use_fips_endpoint": "true"}, {"endpoint_url": "https://x.vpce"}])
def test_a_bundle_is_read_whatever_its_endpoint(endpoint: dict[str, str] | None) -> None:
    place = {**PLACE, "region": "us-east-1"}
    assert read_key(bundle(profile_name="sluice-harbour", **KEY, **place, endpoint=endpoint)) == PAIR


def test_a_csv_with_more_columns_as_the_console_once_had_it_is_read() -> None:
    rows = f"User name,Access key ID,Secret access key\r\nu,{PAIR[0]},{PAIR[1]}\r\n"
    assert read_key(archive(credentials__csv=rows.encode())) == PAIR


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hunter2",
        b"{",
        b'{"hunter2',
        b'{"AccessKey": "hunter2"}',
        b'{"AccessKey": {"AccessKeyId": "hunter2"}}',
        b'{"AccessKey": null}',
        b"{\xff\xfe hunter2",
        archive(profile=b"hunter2"),
        archive(credentials__csv=b""),
        archive(credentials__csv=b"hunter2"),
        archive(credentials__csv=b"Access key ID,Secret access key\r\n"),
        archive(credentials__csv=b"Access key ID,Secret access key\r\nhunter2\r\n"),
        archive(credentials__csv=b"Access key ID,Secret access key\r\n\xff,hunter2\r\n"),
        archive(credentials__csv=b"Access key ID,Secret access key\r\na," + b"hunter2" * 20_000),
    ],
    ids=lambda content: repr(content[-24:]),
)
def test_what_is_no_key_is_refused_without_its_contents(content: bytes) -> None:
    with pytest.raises(ValueError, match="neither a bundle") as refused:
        read_key(content)
    assert type(refused.value) is ValueError, "an error of a parser holds what it parsed"
    assert "hunter2" not in str(refused.value.args)
    assert refused.value.__suppress_context__


def test_only_files_are_read_from_a_bundle() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        link = tarfile.TarInfo(CSV_NAME)
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
        folder = tarfile.TarInfo("profile")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
    assert read_bundle(packed.getvalue()) == {}
