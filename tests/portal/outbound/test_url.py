"""The form of an address that a person gives."""

import pytest

from portal.outbound.url import AddressRefused, Target, parse


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://example.com", Target("example.com", 443, "/")),
        ("https://Example.COM./a/b?c=d", Target("example.com", 443, "/a/b?c=d")),
        ("https://hooks.example.com:8443/a", Target("hooks.example.com", 8443, "/a")),
        ("https://xn--bcher-kva.example/", Target("xn--bcher-kva.example", 443, "/")),
    ],
)
def test_what_is_accepted(url: str, target: Target) -> None:
    assert parse(url) == target


def test_the_host_header_has_the_port_where_it_is_not_the_usual_one() -> None:
    assert [parse(url).host_header for url in ("https://a.example", "https://a.example:8443")] == [
        "a.example",
        "a.example:8443",
    ]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "webhook.url_not_valid"),
        ("http://example.com", "webhook.url_not_https"),
        ("ftp://example.com", "webhook.url_not_https"),
        ("//example.com", "webhook.url_not_https"),
        ("https://user:password@example.com", "webhook.url_not_valid"),
        ("https://example.com@127.0.0.1/", "webhook.url_not_valid"),
        ("https://example.com\\@127.0.0.1/", "webhook.url_not_valid"),
        ("https://example.com/#a", "webhook.url_not_valid"),
        ("https://example.com/\r\nHost: other", "webhook.url_not_valid"),
        ("https://exämple.com/", "webhook.url_not_valid"),
        ("https://example.com:99999", "webhook.url_not_valid"),
        ("https://[::1", "webhook.url_not_valid"),
        ("https://example.com/" + "a" * 500, "webhook.url_not_valid"),
        ("https://example.com:80", "webhook.url_port"),
        ("https://example.com:22", "webhook.url_port"),
        ("https://localhost", "webhook.url_without_name"),
        ("https://127.0.0.1", "webhook.url_without_name"),
        ("https://169.254.169.254/latest/meta-data", "webhook.url_without_name"),
        ("https://2130706433", "webhook.url_without_name"),
        ("https://0x7f000001", "webhook.url_without_name"),
        ("https://0x7f.0.0.0x1", "webhook.url_without_name"),
        ("https://0177.0.0.01", "webhook.url_without_name"),
        ("https://127.1", "webhook.url_without_name"),
        ("https://[::1]", "webhook.url_without_name"),
        ("https://[::ffff:10.0.0.1]", "webhook.url_without_name"),
        ("https://[fe80::1%25eth0]", "webhook.url_without_name"),
        ("https://.", "webhook.url_without_name"),
        ("https://a..b", "webhook.url_without_name"),
        ("https://-a.example", "webhook.url_without_name"),
    ],
)
def test_what_is_refused(url: str, code: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        parse(url)
    assert refused.value.message.code == code
