"""Django's settings of the commands that reach no server (manage.py names them): no environment variable is read.

They have no database, no Redis and no secret key: whatever needs one of these fails at its first use.
"""

INSTALLED_APPS = ["portal.messages", "monitoring.records", "onboarding.offline_keys", "onboarding.estimates"]
MESSAGE_CATALOGUES = [
    "portal.messages.commands",
    "monitoring.decode.messages",
    "monitoring.filters.messages",
    "portal.messages.numbers",
    "portal.messages.openpgp",
    "onboarding.messages.estimates",
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGES = [("en-gb", "English")]
USE_TZ = True
