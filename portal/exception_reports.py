"""What Django's own error reports show: names of settings, headers and variables, and no value that may be secret."""

import re
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

from portal.secret_patterns import without_secrets


class WithoutSecrets(SafeExceptionReporterFilter):
    """Django's filter, active in development too, that also removes what is secret by its form.

    https://docs.djangoproject.com/en/5.2/howto/error-reporting/#custom-error-reports
    """

    hidden_settings = re.compile(
        "API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|COOKIE|SESSION|CREDENTIAL|DATABASE|REDIS|BROKER|CACHES|URL",
        re.IGNORECASE,
    )

    def is_active(self, request: HttpRequest | None) -> bool:
        """Hide values whatever SLUICE_DEBUG is."""
        return True

    def cleanse_setting(self, key: Any, value: Any) -> Any:
        """Return the value as it may be shown."""
        cleansed = super().cleanse_setting(key, value)
        return without_secrets(cleansed) if isinstance(cleansed, str) else cleansed

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """Return the names of a form's fields."""
        return dict.fromkeys(request.POST if request else (), self.cleansed_substitute)

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        """Return the names of a frame's variables; a value could be anything."""
        return [
            (name, self.cleansed_substitute) for name, _ in super().get_traceback_frame_variables(request, tb_frame)
        ]
