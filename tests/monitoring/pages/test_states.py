import pytest

from monitoring.models import HealthState, StateChange
from monitoring.pages.states import states_html
from onboarding.models.integration import Integration
from portal.messages.message import Message
from tests.monitoring.conftest import NOW

pytestmark = pytest.mark.django_db


def test_a_message_is_text_and_never_markup(integration: Integration) -> None:
    message = Message("stream.deleted_in_aws", stream="<b>hq</b>")
    StateChange.objects.create(integration=integration, state=HealthState.FAILING, message=message, at=NOW)
    rows = states_html(integration.pk)
    assert "&lt;b&gt;hq&lt;/b&gt;" in rows
    assert "<b>" not in rows
    assert "21 Nov 2026, 16:00" in rows
