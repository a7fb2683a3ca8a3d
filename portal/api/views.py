"""The token itself, so that a program can check what it was given."""

from django.http import HttpResponse

from portal.api.answers import json_answer
from portal.api.bearer import TokenRequest, by_token
from portal.tenancy import tokens


@by_token()
def token(request: TokenRequest) -> HttpResponse:
    """Return the token's name, its end, its scopes, and which of them its person has now."""
    found = request.token
    usable = sorted(right.value for right in tokens.rights_of_token(found))
    return json_answer(
        request,
        {
            "name": found.name,
            "person": found.person.email,
            "scopes": found.scopes,
            "usable_scopes": usable,
            "expires_at": found.expires_at.isoformat(),
        },
    )
