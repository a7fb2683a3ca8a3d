# The server: one image for web, worker, beat and tap. docker-compose.yml says how each is started.
FROM python:3.12-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends gnupg \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin sluice

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=portal.settings SLUICE_STATIC_ROOT=/app/static-files

WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY . .
# The settings have no defaults for these; collecting static files reaches none of them.
RUN SLUICE_DEVELOPMENT=1 SLUICE_SECRET_KEY=unused DATABASE_URL=postgresql://unused/unused REDIS_URL=redis://unused \
    python manage.py collectstatic --no-input --verbosity 0

USER 10001:10001
EXPOSE 8000
# It ends its event streams itself; other requests have so many seconds to finish when it is asked to stop.
CMD ["uvicorn", "portal.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-server-header", "--timeout-graceful-shutdown", "20"]
