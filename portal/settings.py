"""Django's settings, all from the environment: docs/configuration.md has a row for each variable."""

from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF

from portal import env, weak_settings
from portal.broker_tls import broker_tls
from portal.mail_url import mail_settings
from portal.secret_store import key_file
from portal.vendor_settings import check_key_mail, check_networks, check_vendor_principal

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = env.required("SLUICE_SECRET_KEY")
SECRET_KEY_FALLBACKS = env.items("SLUICE_SECRET_KEY_FALLBACKS")
DEBUG = env.flag("SLUICE_DEBUG")
ALLOWED_HOSTS = env.items("SLUICE_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.origins("SLUICE_TRUSTED_ORIGINS")
HTTPS = env.flag("SLUICE_HTTPS", default=True)
SLUICE_DEVELOPMENT = env.flag("SLUICE_DEVELOPMENT")
if not SLUICE_DEVELOPMENT:
    weak_settings.refuse(
        secret_key=SECRET_KEY,
        allowed_hosts=ALLOWED_HOSTS,
        debug=DEBUG,
        https=HTTPS,
        staff_second_factor=env.flag("SLUICE_STAFF_SECOND_FACTOR", default=True),
    )

SLUICE_ENCRYPTION_KEYS_FILE = env.path(key_file.VARIABLE)
if SLUICE_ENCRYPTION_KEYS_FILE is not None:
    key_file.read(SLUICE_ENCRYPTION_KEYS_FILE)  # a file that is not valid stops the process here

INSTALLED_APPS = [
    "portal.tenancy.apps.SupportAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "portal.messages",
    "portal.secret_store",
    "portal.tenancy",
    "portal.outbox",
    "portal.notifications",
    "portal.accounts.apps.AccountsConfig",
    "onboarding",
    "monitoring",
    "monitoring.records",
]
MIDDLEWARE = [
    "portal.request_ids.RequestIds",
    # Those that add headers come first, so that no answer misses them: not an error, a redirect or a static file.
    "portal.security_headers.SecurityHeaders",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.api.problems.ProblemAnswers",
    "portal.middleware.PackedPages",
    "portal.request_limits.CookiesWithoutNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.tenancy.request_scope.RequestScope",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.FragmentsVary",
    "portal.refused_pages.RefusedPages",
    "portal.request_limits.RequestLimits",
    "portal.accounts.middleware.SessionRules",
]
ROOT_URLCONF = "portal.urls"
ASGI_APPLICATION = "portal.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.navigation.navigation",
            ],
            "builtins": ["portal.components"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

SLUICE_LEASE_SECONDS = env.number("SLUICE_LEASE_SECONDS", 30, least=3)
SLUICE_DATABASE_CONNECT_SECONDS = env.number("SLUICE_DATABASE_CONNECT_SECONDS", 5, least=2)  # libpq's least is 2
DATABASES = {
    "default": env.database(
        "DATABASE_URL",
        # A worker that is paused in a transaction holds its run's row no longer than its lease.
        idle_in_transaction_seconds=SLUICE_LEASE_SECONDS,
        connect_seconds=SLUICE_DATABASE_CONNECT_SECONDS,
        is_pooled=env.flag("SLUICE_DATABASE_POOLER"),
    )
}
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True  # one cannot carry the scope, nor pass a pooler
DATABASES["default"]["CONN_MAX_AGE"] = 0  # under ASGI a kept connection is one per thread, and threads come and go
# For migrations only: the portal's own role owns no table (portal/database_role.py).
DATABASE_OWNER = env.database("DATABASE_OWNER_URL") if env.text("DATABASE_OWNER_URL") else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.redis_url("REDIS_URL")
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL") or REDIS_URL
if REDIS_URL.startswith("rediss:"):
    broker_tls(REDIS_URL)  # refuses one that turns the verification off
if CELERY_BROKER_URL.startswith("rediss:"):
    CELERY_BROKER_USE_SSL = broker_tls(CELERY_BROKER_URL)

CACHES = {
    "default": {
        "BACKEND": "portal.shared_cache.SharedCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1, "health_check_interval": 30},
    }
}

AUTH_USER_MODEL = "tenancy.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "full_name"]},  # Django's own defaults have no full_name
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "portal.tenancy.password_words.NotOfWords"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # of an invitation
SESSION_COOKIE_AGE = 12 * 3600
SLUICE_SESSION_IDLE_MINUTES = env.number("SLUICE_SESSION_IDLE_MINUTES", 60, least=5)
SLUICE_STAFF_SECOND_FACTOR = env.flag("SLUICE_STAFF_SECOND_FACTOR", default=True)
SLUICE_OUTBOX_DAYS = env.number("SLUICE_OUTBOX_DAYS", 90, least=31, most=3650)  # portal/outbox/retention.py
SLUICE_STAFF_REASON = env.flag("SLUICE_STAFF_REASON", default=True)
SLUICE_SIGN_UP = env.flag("SLUICE_SIGN_UP")
# allauth: https://docs.allauth.org/en/latest/account/configuration.html and …/mfa/configuration.html
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation is opened from the mailbox
ACCOUNT_RATE_LIMITS = False  # the portal's own limits are in Redis, for all processes
MFA_ADAPTER = "portal.accounts.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
MESSAGE_STORAGE = "portal.message_cookies.HostCookieOrSession"
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SECURE_SSL_REDIRECT = True
    # Probes speak HTTP to the process itself; a program that does is refused, or its token would go on in clear text.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^api/"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300  # the largest form has 40, the admin selects 100 rows

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "report-uri": ["/csp-report"],
        "report-to": ["csp"],
    }
}

SLUICE_PORTAL_URL = env.web_address("SLUICE_PORTAL_URL")
SLUICE_MAIL_URL = env.text("SLUICE_MAIL_URL")
DEFAULT_FROM_EMAIL = env.text("SLUICE_MAIL_FROM")
globals().update(mail_settings(SLUICE_MAIL_URL, DEFAULT_FROM_EMAIL))

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGES = [("en-gb", "English")]  # complete by test; another language needs its locale folder
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.path("SLUICE_STATIC_ROOT") or BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_MANIFEST = env.flag("SLUICE_STATIC_MANIFEST", default=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "portal.static_bundles.BundledStaticFiles"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site needs our files; whitenoise's own default allows all
WHITENOISE_MIMETYPES = {".svg": "image/svg+xml; charset=utf-8"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATIC_MANIFEST

DEFAULT_EXCEPTION_REPORTER_FILTER = "portal.exception_reports.WithoutSecrets"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "portal.log_lines.LogLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.choice("SLUICE_LOG_LEVEL", "INFO", among=env.LOG_LEVELS)},
    # At DEBUG these print secrets (access keys, key material), so they stay at WARNING whatever the root level.
    "loggers": {
        **{name: {"level": "WARNING"} for name in ("botocore", "boto3", "urllib3", "gnupg", "s3transfer")},
        # Uvicorn has set up its own handlers before it loads Django; all lines are to be written in one way.
        **{name: {"handlers": ["stderr"], "propagate": False} for name in ("uvicorn", "uvicorn.access")},
        # Django's own handlers would write to a terminal in development, and mail.
        **{name: {"handlers": [], "propagate": True} for name in ("uvicorn.error", "django", "django.server")},
    },
}

# The catalogues of messages: each module has ENTRIES, from code to English.
MESSAGE_CATALOGUES = [
    "portal.messages.accounts",
    "portal.messages.audit",
    "portal.messages.aws",
    "portal.messages.commands",
    "portal.messages.listed_arns",
    "portal.messages.mail",
    "portal.messages.names",
    "portal.messages.notifications",
    "portal.messages.numbers",
    "portal.messages.openpgp",
    "portal.messages.encrypted_messages",
    "portal.messages.permissions",
    "portal.messages.grant",
    "portal.messages.people",
    "portal.messages.readiness",
    "portal.messages.secret_store",
    "portal.messages.rights",
    "portal.messages.tenancy",
    "portal.messages.tokens",
    "portal.messages.webhooks",
    "onboarding.credentials.messages",
    "onboarding.messages.changes",
    "onboarding.messages.consumers",
    "onboarding.messages.commands",
    "onboarding.messages.connectors",
    "onboarding.messages.consumer_security",
    "onboarding.messages.deliveries",
    "onboarding.messages.delivery_settings",
    "onboarding.messages.destinations",
    "onboarding.messages.estimates",
    "onboarding.messages.settings",
    "onboarding.messages.sharing",
    "onboarding.messages.fan_out",
    "onboarding.messages.spec",
    "onboarding.messages.connections",
    "onboarding.messages.integrations",
    "onboarding.messages.self_managed",
    "monitoring.messages",
    "monitoring.cause_messages",
    "monitoring.alarms.messages",
    "monitoring.record_access_messages",
    "monitoring.failed_deliveries.messages",
    "monitoring.wall_messages",
    "monitoring.history_messages",
    "monitoring.schema_messages",
    "monitoring.alerts.messages",
    "monitoring.reports.messages",
    "monitoring.diagnosis.messages",
    "monitoring.decode.messages",
    "monitoring.filters.messages",
    "onboarding.messages.drift",
    "onboarding.messages.legacy",
    "onboarding.messages.plan",
    "onboarding.messages.refusals",
    "onboarding.messages.rotations",
    "onboarding.messages.runs",
    "onboarding.messages.step_outcomes",
    "onboarding.messages.devices",
    "onboarding.messages.things",
    "onboarding.messages.step_titles",
    "onboarding.messages.stream_trail",
    "onboarding.messages.trust",
    "onboarding.messages.waiting",
    "onboarding.messages.wizard",
]

# Sluice's own.
SLUICE_PORTAL_PRINCIPAL_ARN = env.matching(
    "SLUICE_PORTAL_PRINCIPAL_ARN", env.ROLE_OR_USER_ARN, "arn:aws:iam::999900001111:role/sluice-portal"
)
SLUICE_VENDOR_PRINCIPAL_ARN = check_vendor_principal(
    "SLUICE_VENDOR_PRINCIPAL_ARN",
    env.text("SLUICE_VENDOR_PRINCIPAL_ARN").strip(),
    portal_arn=SLUICE_PORTAL_PRINCIPAL_ARN,
)
SLUICE_VENDOR_NETWORKS = check_networks("SLUICE_VENDOR_NETWORKS", env.items("SLUICE_VENDOR_NETWORKS"))
SLUICE_VENDOR_VPC_NETWORKS = check_networks(
    "SLUICE_VENDOR_VPC_NETWORKS", env.items("SLUICE_VENDOR_VPC_NETWORKS"), are_private=True
)
SLUICE_VENDOR_NAME = env.text("SLUICE_VENDOR_NAME", "Sensor network")
SLUICE_VENDOR_CERTIFICATE_FILE = env.path("SLUICE_VENDOR_CERTIFICATE_FILE")
SLUICE_VENDOR_KEY_MAIL = check_key_mail(
    "SLUICE_VENDOR_KEY_MAIL", env.text("SLUICE_VENDOR_KEY_MAIL").strip(), has_mail=bool(SLUICE_MAIL_URL)
)
SLUICE_SWEEP_SECONDS = env.number("SLUICE_SWEEP_SECONDS", 10, least=1)
SLUICE_DRIFT_SECONDS = env.number("SLUICE_DRIFT_SECONDS", 21600, least=60)
SLUICE_KEY_USE_SECONDS = env.number("SLUICE_KEY_USE_SECONDS", 3600, least=10)
SLUICE_COLLECT_SECONDS = env.number("SLUICE_COLLECT_SECONDS", 60, least=5)
SLUICE_UNWATCHED_SECONDS = env.number("SLUICE_UNWATCHED_SECONDS", 300, least=5, most=3600)
SLUICE_METRIC_DELAY_SECONDS = env.number("SLUICE_METRIC_DELAY_SECONDS", 120)
SLUICE_RECHECK_SECONDS = env.number("SLUICE_RECHECK_SECONDS", 3600, least=10)
SLUICE_TEMPLATE_URL = env.matching(
    "SLUICE_TEMPLATE_URL", env.HOSTED_TEMPLATE, "https://bucket.s3.eu-west-1.amazonaws.com/sluice-access.yaml"
)
SLUICE_TAP_DECODERS = env.number("SLUICE_TAP_DECODERS", 2, least=2, most=64)
SLUICE_REQUESTS_PER_PROCESS = env.number("SLUICE_REQUESTS_PER_PROCESS", 10, least=1, most=1000)
SLUICE_EVENTS_PER_PROCESS = env.number("SLUICE_EVENTS_PER_PROCESS", 5000, least=1)
SLUICE_EVENTS_PER_PERSON = env.number("SLUICE_EVENTS_PER_PERSON", 100, least=1)
SLUICE_TRUST_REQUEST_ID = env.flag("SLUICE_TRUST_REQUEST_ID")
SLUICE_DEMO = env.flag("SLUICE_DEMO")
