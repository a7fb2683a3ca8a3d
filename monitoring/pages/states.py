"""The history of a stream's states on its page."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from monitoring import state_history


def states_html(integration_id: int) -> SafeString:
    """Return the newest states of a stream as rows of a table, the present one first."""
    return render_to_string("monitoring/_states.html", {"states": state_history.newest(integration_id)})
