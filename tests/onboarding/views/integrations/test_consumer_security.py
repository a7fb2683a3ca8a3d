"""The page of security options, and its files."""

import json

from django.test import Client

from tests.architecture.population import populate


def test_every_option_is_shown_and_every_file_can_be_downloaded(db: None, client: Client) -> None:
    people = populate()
    client.force_login(people.person("viewer"))
    page = f"/t/{people.ours.tenant.slug}/integrations/{people.ours.live.uid}/security/"
    shown = client.get(page)
    text = shown.content.decode()
    for title in ("Right to the KMS key", "TLS only", "FIPS endpoints", "VPC endpoint", "Client-side encryption"):
        assert f">{title}</h2>" in text
    options = [option for option, _ in shown.context["options"]]
    for option in options:
        for policy in option.policies:
            assert json.loads(client.get(page + policy.file_name).content) == policy.document
        for file in option.files:
            assert client.get(page + file.name).content.decode() == file.text
    assert client.get(page + "another.json").status_code == 404
