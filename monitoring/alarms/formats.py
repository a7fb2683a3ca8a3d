"""The formats of alarms: what renders each, and how its file's name ends."""

from collections.abc import Callable, Mapping

from django.utils import translation

from monitoring.alarms.cloudformation import cloudformation
from monitoring.alarms.contents import Contents
from monitoring.alarms.grafana import grafana
from monitoring.alarms.terraform import terraform

FORMATS: Mapping[str, tuple[Callable[[Contents], str], str]] = {
    "cloudformation": (cloudformation, "yaml"),
    "terraform": (terraform, "tf"),
    "grafana": (grafana, "json"),
}


def rendered(contents: Contents, form: str) -> tuple[str, str]:
    """Return a file's name and text, which is English whatever its reader's language. Raises CannotExport."""
    render, ending = FORMATS[form]
    with translation.override("en"):
        return f"{contents.name}-alarms.{ending}", render(contents)
