"""The web process: event streams are answered before Django, everything else by Django."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django_application = get_asgi_application()

from django.conf import settings  # noqa: E402  (needs Django to be set up)

from portal.answers import with_answers  # noqa: E402  (needs Django to be set up)
from portal.body_limit import with_body_limit  # noqa: E402  (needs Django to be set up)
from portal.events import with_events  # noqa: E402  (needs Django to be set up)
from portal.request_slots import with_slots  # noqa: E402  (needs Django to be set up)

django_in_turn = with_slots(django_application, settings.SLUICE_REQUESTS_PER_PROCESS)
application = with_answers(with_events(with_body_limit(django_in_turn)))
