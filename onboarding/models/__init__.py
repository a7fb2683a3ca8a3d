"""The rows of onboarding: the truth, and nothing else is. Django finds every model through these imports.

Callers import from the modules themselves.
"""

import onboarding.models.connection
import onboarding.models.connection_check
import onboarding.models.consumer_check
import onboarding.models.consumer_external_id
import onboarding.models.credential
import onboarding.models.diagnosis
import onboarding.models.drift_finding
import onboarding.models.integration
import onboarding.models.key_address
import onboarding.models.key_events_check
import onboarding.models.key_policy
import onboarding.models.mail_copy
import onboarding.models.observation
import onboarding.models.pgp_key
import onboarding.models.possession
import onboarding.models.producer_role
import onboarding.models.resource
import onboarding.models.resource_check
import onboarding.models.revocation
import onboarding.models.rotation
import onboarding.models.run
import onboarding.models.stream_trail
import onboarding.models.stream_update
import onboarding.models.thing
import onboarding.models.unused_certificate
import onboarding.models.vendor_event  # noqa: F401  (imported for Django's registry of models)
