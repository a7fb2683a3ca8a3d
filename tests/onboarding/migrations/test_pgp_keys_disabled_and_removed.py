"""Keys with a Brainpool curve, which an earlier version accepted, keep a warning that has a text."""

from importlib import import_module

from portal.messages.catalogue import entries

MIGRATION = import_module("onboarding.migrations.0012_pgp_keys_disabled_and_removed")


def test_a_warning_about_brainpool_gets_a_code_that_is_known_and_back() -> None:
    before = [{"code": "openpgp.short_rsa", "params": {"algorithm": "RSA 2048"}}, {"code": "openpgp.brainpool", "params": {}}]
    after = MIGRATION.renamed(before, MIGRATION.BRAINPOOL, MIGRATION.REFUSED_BY_SEQUOIA)
    assert [warning["code"] for warning in after] == ["openpgp.short_rsa", "openpgp.second_reader_refuses"]
    assert all(warning["code"] in entries() for warning in after)
    assert MIGRATION.renamed(after, MIGRATION.REFUSED_BY_SEQUOIA, MIGRATION.BRAINPOOL) == before
