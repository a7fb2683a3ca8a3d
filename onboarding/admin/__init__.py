"""The Django admin for support staff, a module for each model. Django finds the registrations through these imports."""

import onboarding.admin.connection
import onboarding.admin.integration
import onboarding.admin.pgp_key
import onboarding.admin.run
import onboarding.admin.tenant  # noqa: F401  (imported for Django's registry of admins)
