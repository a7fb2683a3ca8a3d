"""Every address of the portal."""

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path

from portal import views
from portal.tenancy import invitation_page, people_page
from portal.tenancy.passwords import SetPassword
from portal.tenancy.sign_in import SignIn

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("accounts/login/", SignIn.as_view(), name="login"),
    path("accounts/logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("accounts/password/<slug:uidb64>/<str:token>/", SetPassword.as_view(), name="set_password"),
    path("t/<slug:slug>/people/", people_page.people, name="people"),
    path("invitations/<str:token>/", invitation_page.invitation, name="invitation"),
    path("admin/", admin.site.urls),
    path("", include("portal.notifications.urls")),
    path("", include("onboarding.urls")),
    path("", include("monitoring.urls")),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler500 = views.server_error
