"""The formats of alarms: what renders each, and how its file's name ends."""

from collections.abc import Callable, Mapping

from django.utils import translation

from monitoring.alarms.cloudformation import cloudformation
from monitoring.alarms.contents import CannotExport, Contents
from monitoring.alarms.grafana import grafana
from monitoring.alarms.terraform import terraform
from portal.messages.message import Message

MOST_STREAMS = 500  # of a file: more take a request longer than a few seconds
FORMATS: Mapping[str, tuple[Callable[[Contents], str], str]] = {
    "cloudformation": (cloudformation, "yaml"),
    "terraform": (terraform, "tf"),
    "grafana": (grafana, "json"),
}


def rendered(contents: Contents, form: str) -> tuple[str, str]:
    """Return a file's name and text, which is English whatever its reader's language. Raises CannotExport."""
    render, ending = FORMATS[form]
    if len(contents.streams) > MOST_STREAMS:
        counts = {"stream_count": len(contents.streams), "most_count": MOST_STREAMS}
        raise CannotExport(Message("alarm.too_many_streams", **counts))
    with translation.override("en"):
        return f"{contents.name}-alarms.{ending}", render(contents)
