"""The wizard's forms. AWS's own rules come from `portal.aws.names` and `onboarding.spec`, never from here.

A form is bound to what was typed once the reader asked to go on; before that, what was typed is its initial value,
so that half a page shows no errors. `asked` says which.
"""

from onboarding.forms.account import AccountForm, RightsForm, RoleForm
from onboarding.forms.delivery import DeliveryForm
from onboarding.forms.stream import StreamForm

__all__ = ["AccountForm", "DeliveryForm", "RightsForm", "RoleForm", "StreamForm"]
