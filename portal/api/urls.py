"""The addresses of the API that are about no app's own rows."""

from django.urls import path

from portal.api import views

urlpatterns = [path("api/v1/token", views.token, name="token")]
