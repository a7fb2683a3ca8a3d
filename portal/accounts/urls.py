"""The addresses of accounts. `login` and `logout` are Django's names, `mfa_authenticate` is allauth's."""

from django.contrib.auth import views as auth_views
from django.urls import path

from portal.accounts.views import confirm, passwords, security, sign_in, sign_up, single_sign_on, tokens

urlpatterns = [
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("second-factor/", sign_in.second_factor, name="mfa_authenticate"),
    path("passkey/", sign_in.passkey_sign_in, name="passkey_sign_in"),
    path("passkey/options/", sign_in.passkey_options, name="passkey_options"),
    path("confirm/", confirm.confirm, name="confirm"),
    path("sign-up/", sign_up.sign_up_page, name="sign_up"),
    path("security/", security.security, name="security"),
    path("security/app/", security.totp_start, name="totp_start"),
    path("security/app/add/", security.totp_add, name="totp_add"),
    path("security/passkeys/", security.passkey_add, name="passkey_add"),
    path("security/factors/<int:pk>/remove/", security.factor_remove, name="factor_remove"),
    path("security/recovery-codes/", security.recovery_codes, name="recovery_codes"),
    path("security/recovery-codes/new/", security.recovery_codes_new, name="recovery_codes_new"),
    path("security/identities/<int:pk>/remove/", single_sign_on.identity_remove, name="identity_remove"),
    path("sign-on/callback/", single_sign_on.sign_on_callback, name="sign_on_callback"),
    path("sign-on/<str:uid>/", single_sign_on.sign_on, name="sign_on"),
    path("sign-on/<str:uid>/link/", single_sign_on.sign_on_link, name="sign_on_link"),
    path("security/sessions/end/", security.session_end, name="session_end"),
    path("security/tokens/new/", tokens.token_create, name="token_create"),
    path("security/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("password/", passwords.password_change, name="password_change"),
    path("password/forgotten/", passwords.password_forgotten, name="password_forgotten"),
    path("password/<slug:uidb64>/<str:token>/", passwords.SetPassword.as_view(), name="set_password"),
]
