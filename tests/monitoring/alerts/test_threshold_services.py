import pytest
from django.core.exceptions import ValidationError

from monitoring.alert_models import AlertKind, AlertSettings, AlertThreshold
from monitoring.alerts.rules import BY_KIND, OF_STREAM, RULES, number
from monitoring.alerts.threshold_services import Chosen, parse, set_escalation, set_thresholds
from monitoring.alerts.thresholds import Effective, thresholds_of
from onboarding.models.integration import Integration
from portal.tenancy.models import AuditEvent, User
from tests.monitoring.conftest import person


def refusal(kind: str, typed: str) -> str:
    with pytest.raises(ValidationError) as refused:
        parse(kind, typed)
    [error] = refused.value.error_dict[kind]
    return str(error.code)


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        ("write_usage", "80", 80),
        ("write_usage", " 92.5 ", 92.5),
        ("writes_throttled", "1000000", 1_000_000),
        ("silence", "", None),
        ("silence", "   ", None),
        ("key_old", "007", 7),
    ],
)
def test_a_threshold_is_a_number_or_nothing(kind: str, typed: str, expected: float | None) -> None:
    assert parse(kind, typed) == expected


@pytest.mark.parametrize(
    "typed",
    ["eighty", "80%", "1e9", "1,5", "1,000", "0x50", "٨٠", "+80", "8 0", "NaN", "inf", "80.", ".5", "<b>", "9" * 40],
)
def test_words_and_other_spellings_are_no_numbers(typed: str) -> None:
    assert refusal("write_usage", typed) == "alert.not_a_number"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.kind.value)
def test_zero_a_billion_and_less_than_nothing_are_out_of_bounds(rule) -> None:
    for typed in ("0", "-1", "1000000000", number(rule.most + 1)):
        assert refusal(rule.kind.value, typed) == "alert.out_of_bounds"
    for bound in (rule.least, rule.most):
        assert parse(rule.kind.value, number(bound)) == bound


def test_records_are_whole() -> None:
    assert refusal("writes_throttled", "1.5") == "alert.not_whole"


def test_every_kind_has_one_rule_with_a_default_within_its_bounds() -> None:
    assert sorted(rule.kind for rule in RULES) == sorted(AlertKind)
    for rule in RULES:
        assert rule.least <= rule.default <= rule.most


@pytest.mark.django_db
def test_the_streams_own_comes_first_then_the_tenants_then_the_default(integration: Integration, admin: User) -> None:
    tenant = integration.tenant

    def effective() -> Effective:
        return thresholds_of(tenant.pk).of("silence", integration.pk)

    assert effective() == Effective(BY_KIND["silence"].default, "default")
    set_thresholds(tenant=tenant, integration=None, chosen={"silence": Chosen(60)}, actor=admin)
    assert effective() == Effective(60, "tenant")
    set_thresholds(tenant=tenant, integration=integration, chosen={"silence": Chosen(20)}, actor=admin)
    assert effective() == Effective(20, "stream")
    set_thresholds(tenant=tenant, integration=integration, chosen={"silence": Chosen(20, is_off=True)}, actor=admin)
    assert effective() == Effective(None, "stream")
    set_thresholds(tenant=tenant, integration=integration, chosen={"silence": Chosen()}, actor=admin)
    assert effective() == Effective(60, "tenant")
    assert thresholds_of(tenant.pk).of("silence") == Effective(60, "tenant")


@pytest.mark.django_db
def test_a_change_is_in_the_activity_and_nothing_changed_is_not(integration: Integration, admin: User) -> None:
    for value in (60, 60, 61.5):
        set_thresholds(tenant=integration.tenant, integration=None, chosen={"silence": Chosen(value)}, actor=admin)
    events = AuditEvent.objects.filter(action="monitoring:alert-threshold:changed").order_by("pk")
    assert [event.details for event in events] == [
        {"from": {}, "to": {"silence": "60"}},
        {"from": {"silence": "60"}, "to": {"silence": "61.5"}},
    ]
    set_thresholds(
        tenant=integration.tenant,
        integration=integration,
        chosen={rule.kind.value: Chosen(is_off=True) for rule in OF_STREAM},
        actor=admin,
    )
    assert AlertThreshold.objects.filter(is_off=True).count() == len(OF_STREAM)


@pytest.mark.django_db
@pytest.mark.parametrize("minutes", [1, 4, 1441, 10**9])
def test_escalation_is_never_or_within_a_day(integration: Integration, admin: User, minutes: int) -> None:
    with pytest.raises(ValidationError) as refused:
        set_escalation(tenant=integration.tenant, minutes=minutes, person_id=None, actor=admin)
    assert "escalation_minutes" in refused.value.error_dict


@pytest.mark.django_db
def test_only_a_member_is_escalated_to(integration: Integration, admin: User, outsider: User) -> None:
    staff = person("support", is_staff=True)
    for other in (outsider, staff):
        with pytest.raises(ValidationError) as refused:
            set_escalation(tenant=integration.tenant, minutes=30, person_id=other.pk, actor=admin)
        assert "escalate_to" in refused.value.error_dict
    set_escalation(tenant=integration.tenant, minutes=0, person_id=admin.pk, actor=admin)
    assert AlertSettings.objects.get().escalate_to == admin
