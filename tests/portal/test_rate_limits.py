"""What costs is limited for each person and tenant; a refusal says how long to wait."""

import pytest
from django.urls import reverse
from redis import RedisError

from portal import live, rate_limits
from portal.process_counts import ProcessCounts
from portal.rate_limits import CHECKS, Limit, TooManyRequests, use
from portal.tenancy.models import Tenant, User
from tests.architecture.population import Population, populate
from tests.markup import on_one_line
from tests.world import person

TWICE = Limit("tests", seconds=60, each_person=2, each_tenant=3)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


def people(slug: str) -> tuple[Tenant, User, User]:
    tenant = Tenant.objects.create(slug=slug, name=slug)
    return tenant, person(f"a@{slug}.example", tenant), person(f"b@{slug}.example", tenant)


def allowed(tenant: Tenant, user: User) -> bool:
    try:
        use(TWICE, tenant=tenant, user=user)
    except TooManyRequests:
        return False
    return True


def test_a_person_and_a_tenant_have_a_limit_each() -> None:
    tenant, ada, bob = people("northwind")
    assert [allowed(tenant, ada) for _ in range(3)] == [True, True, False]
    assert [allowed(tenant, bob) for _ in range(2)] == [True, False]  # the tenant's three are used
    other, eve, _ = people("contoso")
    assert allowed(other, eve)


def test_without_redis_everything_is_allowed(monkeypatch, caplog) -> None:
    def away() -> None:
        raise RedisError("away")

    monkeypatch.setattr(rate_limits.live, "connect", away)
    tenant, ada, _ = people("northwind")
    assert all(allowed(tenant, ada) for _ in range(5))
    assert "rate_limit.not_counted" in caplog.text


def test_without_redis_failed_sign_ins_are_counted_by_each_process(monkeypatch) -> None:
    def away() -> None:
        raise RedisError("away")

    monkeypatch.setattr(rate_limits.live, "connect", away)
    monkeypatch.setattr(rate_limits, "_WITHOUT_REDIS", ProcessCounts())
    who = {"account": "ada@northwind.example", "address": "192.0.2.1"}
    for _ in range(20):
        assert sign_in_allowed(**who)
        rate_limits.signed_in(**who)
    tried = [sign_in_allowed(**who) for _ in range(rate_limits.SIGN_IN_PAIR + 3)]
    assert tried == [True] * rate_limits.SIGN_IN_PAIR + [False] * 3
    assert sign_in_allowed("ada@northwind.example", "192.0.2.2")


@pytest.fixture
def population(settings, tmp_path) -> Population:
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = None
    settings.STATIC_ROOT = tmp_path  # WhiteNoise warns of a folder into which nothing was collected
    return populate()


def test_sixty_checks_in_a_row_are_not_all_accepted(population: Population) -> None:
    client, at = population.client("admin"), population.ours.arguments()["live"]
    answers = [client.post(reverse("drift_check", kwargs=at)) for _ in range(60)]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [302] * CHECKS.each_person + [429] * (60 - CHECKS.each_person)
    seconds = int(answers[-1]["Retry-After"])
    assert 1 <= seconds <= CHECKS.seconds
    assert f"Try again in {seconds} second" in on_one_line(answers[-1].content.decode())


def test_verifications_and_exports_are_limited(population: Population, monkeypatch) -> None:
    spent = Limit("spent", seconds=60, each_person=0, each_tenant=0)
    monkeypatch.setattr("portal.rate_limits.VERIFICATIONS", spent)
    monkeypatch.setattr("portal.rate_limits.EXPORTS", spent)
    client, arguments = population.client("admin"), population.ours.arguments()
    for do in ("verify", "check_permissions"):
        assert client.post(reverse("connection", kwargs=arguments["connection"]), {"do": do}).status_code == 429, do
    assert client.get(reverse("export_file", kwargs=arguments["export"])).status_code == 429


def test_the_wizard_keeps_what_was_typed(population: Population, monkeypatch) -> None:
    monkeypatch.setattr("portal.rate_limits.VERIFICATIONS", Limit("spent", seconds=60, each_person=0, each_tenant=0))
    uid, arn = population.ours.connection.uid, "arn:aws:iam::111122223333:role/another"
    sent = {"choice": uid, "role_arn": arn, "do": "verify"}
    url = reverse("setup", kwargs=population.ours.arguments()["draft connect"])
    assert population.client("admin").post(url, sent).status_code == 429
    population.ours.draft.refresh_from_db()
    assert population.ours.draft.draft["connect"]["role_arn"] == arn


def refusal(limit: Limit, tenant: Tenant, user: User) -> TooManyRequests:
    with pytest.raises(TooManyRequests) as caught:
        use(limit, tenant=tenant, user=user)
    return caught.value


def test_a_person_of_two_tenants_has_a_limit_in_each() -> None:
    (north, ada, _), (south, _, _) = people("north"), people("south")
    assert [allowed(north, ada) for _ in range(3)] == [True, True, False]
    assert allowed(south, ada)


def test_limits_of_different_names_are_counted_apart() -> None:
    tenant, ada, _ = people("north")
    other = Limit("others", seconds=60, each_person=1, each_tenant=9)
    use(TWICE, tenant=tenant, user=ada)
    use(other, tenant=tenant, user=ada)
    assert refusal(other, tenant, ada).name == other.name
    assert allowed(tenant, ada)


def test_the_longer_of_two_waits_is_named_and_ends() -> None:
    tenant, ada, bob = people("north")
    once = Limit("once", seconds=30, each_person=1, each_tenant=1)
    use(once, tenant=tenant, user=ada)
    with live.connect() as redis:
        redis.expire(f"rate:once:t{tenant.pk}", 7)
        assert 1 <= refusal(once, tenant, bob).seconds <= 7
        assert 7 < refusal(once, tenant, ada).seconds <= 30
        redis.delete(f"rate:once:t{tenant.pk}", f"rate:once:t{tenant.pk}:u{ada.pk}")
    use(once, tenant=tenant, user=ada)


def test_a_refused_use_does_not_prolong_the_wait() -> None:
    tenant, ada, _ = people("north")
    once = Limit("once", seconds=30, each_person=1, each_tenant=9)
    use(once, tenant=tenant, user=ada)
    key = f"rate:once:t{tenant.pk}:u{ada.pk}"
    with live.connect() as redis:
        redis.expire(key, 5)
        assert refusal(once, tenant, ada).seconds <= 5
        assert 0 < redis.ttl(key) <= 5


def sign_in_allowed(account: str, address: str) -> bool:
    try:
        rate_limits.try_sign_in(account=account, address=address)
    except TooManyRequests:
        return False
    return True


def test_what_is_refused_counts_against_nobody_else() -> None:
    """One address guesses on and on: it is refused, and the account can be used from everywhere else."""
    tried = [sign_in_allowed("ada@northwind.example", "192.0.2.1") for _ in range(150)]
    assert tried == [True] * rate_limits.SIGN_IN_PAIR + [False] * (150 - rate_limits.SIGN_IN_PAIR)
    assert sign_in_allowed("ada@northwind.example", "192.0.2.2")
    assert sign_in_allowed("bob@northwind.example", "192.0.2.1")
    tenant, ada, bob = people("fabrikam")
    assert [allowed(tenant, ada) for _ in range(9)].count(True) == TWICE.each_person
    assert allowed(tenant, bob)


def test_a_sign_in_that_outlasts_its_count_leaves_none_without_an_end() -> None:
    who = {"account": "ada@northwind.example", "address": "192.0.2.1"}
    rate_limits.signed_in(**who)  # the count began before, and has ended
    with live.connect() as redis:
        assert [redis.ttl(key) > 0 for key in redis.scan_iter("rate:sign-in:*")] == [True] * 3


def test_a_count_without_an_end_gets_one() -> None:
    rate_limits.try_sign_in(account="ada@northwind.example", address="192.0.2.1")
    with live.connect() as redis:
        for key in redis.scan_iter("rate:sign-in:*"):
            redis.set(key, 500)
        assert not sign_in_allowed("ada@northwind.example", "192.0.2.1")
        refused = [redis.ttl(key) for key in redis.scan_iter("rate:sign-in:*")]
    assert max(refused) > 0
    with pytest.raises(TooManyRequests) as fault:
        rate_limits.try_sign_in(account="ada@northwind.example", address="192.0.2.1")
    assert 0 < fault.value.seconds <= rate_limits.SIGN_IN_SECONDS


def test_a_refused_sign_in_is_told_in_its_own_words(client, monkeypatch, settings, tmp_path) -> None:
    settings.STATIC_ROOT = tmp_path
    monkeypatch.setattr("portal.rate_limits.SIGN_IN_PAIR", 0)
    answer = client.post(reverse("login"), {"username": "ada@northwind.example", "password": "x"})
    page = on_one_line(answer.content.decode())
    assert answer.status_code == 429
    assert "There were too many failed attempts to sign in. Try again in 10 minutes." in page
    assert "draft" not in page
