"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path

from portal import views
from portal.accounts.views import tenant_sign_in
from portal.csp_reports import csp_report
from portal.tenancy import invitation_page, people_page, visit_page

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("csp-report", csp_report, name="csp_report"),
    path("accounts/", include("portal.accounts.urls")),
    path("t/<slug:slug>/sign-in/", tenant_sign_in.sign_in_settings, name="sign_in_settings"),
    path("t/<slug:slug>/visit/", visit_page.staff_visit, name="staff_visit"),
    path("t/<slug:slug>/people/", people_page.people, name="people"),
    path("invitations/<str:token>/", invitation_page.invitation, name="invitation"),
    path("admin/", admin.site.urls),
    path("", include("portal.api.urls")),
    path("", include("portal.notifications.urls")),
    path("", include("onboarding.urls")),
    path("", include("monitoring.urls")),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler500 = views.server_error
