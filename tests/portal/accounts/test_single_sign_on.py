"""Single sign-on against an issuer on this machine: an identity is issuer and subject, linked by its own person."""

import re
from collections.abc import Iterator
from html import unescape
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.utils import timezone
from joserfc.jwk import ECKey

from portal.accounts import second_factors
from portal.accounts.models import Identity, IdentityProvider
from portal.accounts.oidc import client, identities
from portal.tenancy import proof
from portal.tenancy.invitations import link_for
from portal.tenancy.models import AuditEvent, Membership, Tenant, User
from tests.portal.accounts.oidc_issuer import CLIENT_ID, CLIENT_SECRET, Issuer, serving
from tests.portal.accounts.people import SECOND_FACTOR, Browser
from tests.world import PASSWORD, person


@pytest.fixture(scope="module")
def served() -> Iterator[Issuer]:
    with serving() as issuer:
        yield issuer


@pytest.fixture
def issuer(served: Issuer) -> Issuer:
    fresh = Issuer()
    for name in ("subject", "email", "spoil", "signing_key", "codes", "refused"):
        setattr(served, name, getattr(fresh, name))
    return served


@pytest.fixture
def north(ada: Browser) -> Tenant:
    tenant = Tenant.objects.create(slug="north", name="North")
    Membership.objects.create(tenant=tenant, user=ada.user, role="admin")
    return tenant


def provider(tenant: Tenant, issuer: Issuer) -> IdentityProvider:
    return identities.set_provider(
        tenant=tenant, issuer=issuer.url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, actor="test"
    )


@pytest.fixture
def row(north: Tenant, issuer: Issuer) -> IdentityProvider:
    return provider(north, issuer)


def start(row: IdentityProvider) -> str:
    return f"/accounts/sign-on/{row.uid}/"


def through(issuer: Issuer, browser: Browser, sent: HttpResponse | dict[str, str]) -> str:
    """Let the issuer sign its person in, and return the address to which it sends the browser."""
    url = urlsplit(sent["Location"])
    assert f"{url.scheme}://{url.netloc}" == issuer.url
    back = urlsplit(issuer.authorize({name: values[0] for name, values in parse_qs(url.query).items()}))
    return f"{back.path}?{back.query}"


def asked_to_link(browser: Browser, row: IdentityProvider) -> dict[str, str]:
    """Press the button that links, and return where the page then leads."""
    page = browser.post(f"{start(row)}link/").content.decode()
    return {"Location": unescape(re.search(r'href="([^"]*authorization_endpoint[^"]*)"', page)[1])}


def sign_on(issuer: Issuer, browser: Browser, row: IdentityProvider) -> HttpResponse:
    return browser.get(through(issuer, browser, browser.get(start(row))), follow=True)


def linked(ada: Browser, issuer: Issuer) -> None:
    Identity.objects.create(issuer=issuer.url, subject=issuer.subject, user=ada.user)


def test_a_linked_identity_signs_its_person_in(ada: Browser, row: IdentityProvider, issuer: Issuer) -> None:
    linked(ada, issuer)
    sign_on(issuer, ada, row)
    assert ada.is_signed_in
    assert issuer.refused == []
    assert Identity.objects.get().last_used_at is not None


def test_a_mail_address_links_nothing(ada: Browser, row: IdentityProvider, issuer: Issuer) -> None:
    issuer.email = ada.user.email
    page = sign_on(issuer, ada, row).content.decode()
    assert "is not linked to anyone here" in page
    assert not ada.is_signed_in
    assert (Identity.objects.count(), User.objects.count()) == (0, 1)


def test_two_issuers_with_one_mail_address_and_subject_are_two_identities(
    ada: Browser, row: IdentityProvider, issuer: Issuer
) -> None:
    linked(ada, issuer)
    south = Tenant.objects.create(slug="south", name="South")
    Membership.objects.create(tenant=south, user=ada.user, role="viewer")
    with serving() as other:
        other.subject, other.email = issuer.subject, issuer.email
        assert "is not linked" in sign_on(other, ada, provider(south, other)).content.decode()
    assert not ada.is_signed_in


def test_a_person_links_theirs_from_their_session(ada: Browser, row: IdentityProvider, issuer: Issuer) -> None:
    ada.password()
    assert ada.get(f"{start(row)}link/").status_code == 405  # another site's page could lead there
    sent = asked_to_link(ada, row)
    assert "Linked." in ada.get(through(issuer, ada, sent), follow=True).content.decode()
    assert AuditEvent.objects.filter(action="accounts:identity:linked", tenant=row.tenant).exists()
    ada.post("/accounts/logout/")
    sign_on(issuer, ada, row)
    assert ada.is_signed_in
    ada.post(f"/accounts/security/identities/{Identity.objects.get().pk}/remove/")
    assert not Identity.objects.exists()


def test_an_invitation_links_the_identity_of_who_opened_it(ada: Browser, row: IdentityProvider, issuer: Issuer) -> None:
    path = invitation(ada)
    issuer.spoil = changed(amr=["mfa"])
    page = ada.get(path, follow=True).content.decode()
    assert f"{start(row)}?invited=1" in page
    ada.get(through(issuer, ada, ada.get(f"{start(row)}?invited=1")))
    assert ada.is_signed_in
    assert Identity.objects.get().user == ada.user
    assert proof.OF_TENANT not in ada.client.session  # this sign-in rests on a mail
    ada.client.logout()
    assert "Use single sign-on" not in ada.get(path, follow=True).content.decode()  # the invitation is used up


@pytest.mark.parametrize("has", ["a password", "a second factor"])
def test_a_reset_links_nothing(ada: Browser, row: IdentityProvider, issuer: Issuer, has: str) -> None:
    path = invitation(ada)
    if has == "a password":
        ada.user.set_password(PASSWORD)
        ada.user.save()
        path = link_for(ada.user).removeprefix("http://localhost:8000")
    else:
        second_factors.add_totp(ada.user, "A" * 32, 0)
    assert "Use single sign-on" not in ada.get(path, follow=True).content.decode()
    back = through(issuer, ada, ada.get(f"{start(row)}?invited=1"))
    assert "is not linked" in ada.get(back, follow=True).content.decode()
    assert not ada.is_signed_in


@pytest.mark.parametrize("change", ["a password", "a second factor", "a sign-in"])
def test_an_invitation_that_ended_meanwhile_links_nothing(
    ada: Browser, row: IdentityProvider, issuer: Issuer, change: str
) -> None:
    ada.get(invitation(ada), follow=True)
    back = through(issuer, ada, ada.get(f"{start(row)}?invited=1"))
    if change == "a second factor":
        second_factors.add_totp(ada.user, "A" * 32, 0)
    elif change == "a password":
        ada.user.set_password(PASSWORD)
        ada.user.save()
    else:
        User.objects.update(last_login=timezone.now())
    assert "was not begun in this browser" in ada.get(back, follow=True).content.decode()
    assert not Identity.objects.exists()


def invitation(browser: Browser) -> str:
    """Return the address for a person who was invited and has not signed in yet."""
    browser.user.set_unusable_password()
    browser.user.save()
    return link_for(browser.user).removeprefix("http://localhost:8000")


def test_without_an_invitation_or_session_nothing_is_linked(
    ada: Browser, row: IdentityProvider, issuer: Issuer
) -> None:
    back = through(issuer, ada, ada.get(f"{start(row)}?invited=1"))
    assert "is not linked" in ada.get(back, follow=True).content.decode()


def test_an_identity_of_another_person_is_refused(ada: Browser, row: IdentityProvider, issuer: Issuer) -> None:
    linked(ada, issuer)
    bob = Browser(person("bob@north.example", row.tenant))
    bob.password()
    sent = asked_to_link(bob, row)
    assert "linked to another person" in bob.get(through(issuer, bob, sent), follow=True).content.decode()
    assert Identity.objects.get().user == ada.user


def test_a_link_of_one_session_is_not_completed_in_another(ada: Browser, row: IdentityProvider, issuer: Issuer) -> None:
    ada.password()
    back = through(issuer, ada, asked_to_link(ada, row))
    bob = Browser(person("bob@north.example", row.tenant))
    bob.password()
    assert "was not begun in this browser" in bob.get(back, follow=True).content.decode()
    assert not Identity.objects.exists()


@pytest.mark.parametrize("left", ["membership", "deactivated"])
def test_who_left_is_refused(ada: Browser, row: IdentityProvider, issuer: Issuer, left: str) -> None:
    linked(ada, issuer)
    if left == "membership":
        Membership.objects.all().delete()
    else:
        User.objects.update(is_active=False)
    assert "no longer has access" in sign_on(issuer, ada, row).content.decode()
    assert not ada.is_signed_in


def test_a_response_serves_once_and_in_its_own_browser(ada: Browser, row: IdentityProvider, issuer: Issuer) -> None:
    linked(ada, issuer)
    back = through(issuer, ada, ada.get(start(row)))
    thief = Browser(ada.user)
    assert "was not begun in this browser" in thief.get(back, follow=True).content.decode()
    thief.get(start(row))
    assert "was not begun in this browser" in thief.get(back, follow=True).content.decode()  # another state
    ada.get(back)
    assert ada.is_signed_in
    ada.post("/accounts/logout/")
    ada.get(back)
    assert not ada.is_signed_in


def changed(**changes: Any) -> Any:
    return lambda claims: claims.update(changes)


@pytest.mark.parametrize(
    "spoil",
    [
        changed(iss="https://evil.example"),
        changed(aud="another client"),
        changed(aud=[CLIENT_ID, "another"], azp="another"),
        changed(nonce="another"),
        changed(nonce="ä"),
        changed(exp=1),
        changed(iat=4_000_000_000),
        changed(sub=""),
        changed(sub=5),
        lambda claims: claims.pop("nonce"),
        lambda claims: claims.pop("exp"),
        lambda claims: claims.pop("sub"),
    ],
)
def test_a_token_that_is_not_for_this_sign_on_is_refused(
    ada: Browser, row: IdentityProvider, issuer: Issuer, spoil: Any
) -> None:
    linked(ada, issuer)
    issuer.spoil = spoil
    assert "is not valid" in sign_on(issuer, ada, row).content.decode()
    assert not ada.is_signed_in


def test_a_token_signed_by_someone_else_is_refused(ada: Browser, row: IdentityProvider, issuer: Issuer) -> None:
    linked(ada, issuer)
    issuer.signing_key = ECKey.generate_key("P-256")
    assert "is not valid" in sign_on(issuer, ada, row).content.decode()
    assert "none" not in client.ALGORITHMS
    assert not any(name.startswith("HS") for name in client.ALGORITHMS)


def test_the_issuer_refuses_a_stolen_code_without_its_verifier(
    ada: Browser, row: IdentityProvider, issuer: Issuer
) -> None:
    linked(ada, issuer)
    back = through(issuer, ada, ada.get(start(row)))
    session = ada.client.session
    session["sign_on"]["attempt"]["verifier"] = "x" * 43
    session.save()
    assert "did not accept the sign-in" in ada.get(back, follow=True).content.decode()
    assert issuer.refused == ["PKCE"]


def test_ones_own_second_factor_is_asked_for_whatever_the_provider_says(
    ada: Browser, row: IdentityProvider, issuer: Issuer
) -> None:
    linked(ada, issuer)
    second_factors.add_totp(ada.user, "A" * 32, 0)
    issuer.spoil = changed(amr=["pwd", "mfa"])
    assert sign_on(issuer, ada, row).redirect_chain[-1][0] == SECOND_FACTOR
    assert not ada.is_signed_in


@pytest.mark.parametrize(("methods", "counts"), [(["pwd", "mfa"], True), (["pin", "otp", "face", "swk"], False)])
def test_the_providers_second_factor_counts_in_its_tenant_alone(
    ada: Browser, row: IdentityProvider, issuer: Issuer, settings, methods: list[str], counts: bool
) -> None:
    south = Tenant.objects.create(slug="south", name="South", requires_second_factor=True)
    Membership.objects.create(tenant=south, user=ada.user, role="viewer")
    Tenant.objects.filter(pk=row.tenant_id).update(requires_second_factor=True)
    row.tenant.refresh_from_db()
    linked(ada, issuer)
    issuer.spoil = changed(amr=methods)
    sign_on(issuer, ada, row)
    session = ada.client.session
    assert ada.is_signed_in
    assert proof.lacks_second_factor(ada.user, session, row.tenant) is not counts
    assert proof.lacks_second_factor(ada.user, session, south)
    assert not proof.has_second_factor(session)
    ada.user.is_staff, settings.SLUICE_STAFF_SECOND_FACTOR = True, True
    assert proof.lacks_second_factor(ada.user, session, row.tenant)


def test_a_provider_that_is_away_or_another_is_named(ada: Browser, row: IdentityProvider, issuer: Issuer) -> None:
    IdentityProvider.objects.update(issuer="http://127.0.0.1:9")
    assert "could not be reached" in ada.get(start(row), follow=True).content.decode()
    IdentityProvider.objects.update(issuer=f"{issuer.url}/")
    assert "is not set up as its documents say" in ada.get(start(row), follow=True).content.decode()


def test_an_unknown_address_is_not_found(ada: Browser) -> None:
    assert ada.get("/accounts/sign-on/unknown/").status_code == 404


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    out = StringIO()
    monkeypatch.setattr("sys.stdin", StringIO(f"{CLIENT_SECRET}\n"))
    call_command("account", *arguments, stdout=out)
    return out.getvalue()


def test_staff_set_it_up_by_command_and_the_secret_is_nowhere(
    north: Tenant, monkeypatch: pytest.MonkeyPatch, settings
) -> None:
    given = ["identity-provider", "--tenant", "north", "--issuer", "https://id.example", "--client-id", CLIENT_ID]
    answer = run(monkeypatch, *given)
    row = IdentityProvider.objects.get()
    assert f"http://localhost:8000{start(row)}" in answer
    assert "http://localhost:8000/accounts/sign-on/callback/" in answer
    assert row.client_secret.reveal() == CLIENT_SECRET
    trail = list(AuditEvent.objects.values())
    assert CLIENT_SECRET not in f"{answer} {row!r} {vars(row)} {trail} {identities.provider_of(row)}"
    run(monkeypatch, *given)
    assert IdentityProvider.objects.get().uid == row.uid
    run(monkeypatch, "remove-identity-provider", "--tenant", "north")
    assert not IdentityProvider.objects.exists()
    for issuer in ("http://id.example", "ftp://x", "id.example", "https://"):
        given[4] = issuer
        with pytest.raises(CommandError):
            run(monkeypatch, *given)
    settings.SLUICE_ENCRYPTION_KEYS_FILE = None
    with pytest.raises(CommandError, match="No encryption keys"):
        run(monkeypatch, *given)
