"""A key that was decrypted: read in both of its forms, and never quoted where it cannot be read."""

import io
import json
import tarfile
import zipfile
from dataclasses import replace

import pytest

from onboarding.credentials.contents import bundle, read_bundle, read_key
from onboarding.credentials.key_files import CSV_NAME
from tests.onboarding.credentials.test_contents import KEY

PAIR = (KEY.access_key_id, KEY.secret)
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
    assert read_key(bundle(replace(KEY, region="us-east-1", endpoint=endpoint or {}))) == PAIR


@pytest.mark.parametrize(
    "rows",
    [
        f"Access key ID,Secret access key\r\n{PAIR[0]},{PAIR[1]}\r\n",
        f"User name,Access key ID,Secret access key\r\nu,{PAIR[0]},{PAIR[1]}\r\n",
    ],
)
def test_a_tar_archive_of_before_is_read(rows: str) -> None:
    assert read_key(archive(credentials__csv=rows.encode(), profile=b"[x]")) == PAIR


def zipped(content: bytes, name: str = CSV_NAME, *, method: int = zipfile.ZIP_STORED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as file:
        file.writestr(name, content)
    return packed.getvalue()


GOOD = zipped(f"Access key ID,Secret access key\r\n{PAIR[0]},{PAIR[1]}\r\n".encode())
BOMB = zipped(b"Access key ID,Secret access key\r\na,hunter2\r\n" + b"\0" * 20_000_000, method=zipfile.ZIP_DEFLATED)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"PK\x03\x04hunter2",
        BOMB,
        zipped(b"hunter2", "profile"),
        GOOD.replace(PAIR[0].encode()[:4], b"hunt"),
        GOOD[:-40],
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
