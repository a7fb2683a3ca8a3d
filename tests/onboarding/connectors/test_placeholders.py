"""ARNs and external IDs may contain the words that forms are filled in with: each is written as it was given."""

from dataclasses import replace

import pytest

from onboarding.connectors.catalogue import TOOLS
from onboarding.connectors.consumed_stream import AssumedRole, ConsumedStream
from onboarding.consumers.sign_in import ConsumerSignIn, SignInKind
from onboarding.consumers.three_way_script import consumer_test_script
from tests.onboarding.connectors.streams import ACCOUNT, ITSELF

WORDS = "@stream@session@external@client@application@options@arn@fips@"
ARN = f"arn:aws:iam::{ACCOUNT}:role/r{WORDS}"
HOSTILE = replace(ITSELF, role=AssumedRole(ARN, f"x{WORDS}"))
WITHOUT_ID = replace(ITSELF, role=AssumedRole(ARN))


@pytest.mark.parametrize("key", [key for key, tool in TOOLS.items() if tool.has_role])
@pytest.mark.parametrize("stream", [HOSTILE, WITHOUT_ID], ids=["external ID", "no external ID"])
def test_a_role_is_written_as_it_was_given(key: str, stream: ConsumedStream) -> None:
    for file in TOOLS[key].settings(stream).files:
        assert file.text.count(":role/r") == file.text.count(ARN), file.name
        assert file.text.count("x@") == file.text.count(f"x{WORDS}"), file.name


def test_the_three_way_script_has_the_external_id_as_it_was_given() -> None:
    sign_in = ConsumerSignIn(
        SignInKind.ROLE, "analytics", "s", ITSELF.stream_arn, ITSELF.region, ACCOUNT, role_arn=ARN, external_id=WORDS
    )
    script = consumer_test_script(sign_in)
    assert f"role={ARN}\n" in script
    assert f"external_id='{WORDS}'\n" in script
