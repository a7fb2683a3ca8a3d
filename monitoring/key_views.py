"""The page that computes the shard of partition keys. Keys are data, so they are posted and never in an address."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from monitoring.hot_keys.placement import MOST_KEYS, placements, problem_of
from monitoring.shards.stored import listed_shards
from monitoring.tasks import request_collection_of
from monitoring.watched_streams import watched_stream
from portal.tenancy.access import TenantRequest, of_tenant

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant()
def shard_of_key(request: TenantRequest, uid: str) -> HttpResponse:
    """Show the form; a POST is answered with the shard of each key, and changes nothing."""
    stream = watched_stream(uid)
    if stream is None or stream.tenant_slug != request.tenant.slug:
        raise Http404
    listed = listed_shards(stream.integration_id)
    if listed is None:
        request_collection_of(stream)
    typed, typed_hash = request.POST.get("keys", ""), request.POST.get("hash_key", "")
    keys, hash_keys = _lines(typed), _lines(typed_hash)
    is_posted = request.method == "POST"
    problem = problem_of(keys, hash_keys) if is_posted else None
    found = placements(keys, hash_keys, listed.shards if listed else ()) if is_posted and problem is None else []
    return render(
        request,
        "monitoring/shard_of.html",
        {
            "tenant": request.tenant,
            "stream": stream,
            "listed": listed,
            "found": found,
            "problem": problem,
            "typed_keys": typed,
            "typed_hash_key": typed_hash,
            "most_keys": MOST_KEYS,
        },
        status=UNPROCESSABLE if problem else 200,
    )


def _lines(text: str) -> list[str]:
    # A space can be part of a key; the line break of a browser cannot.
    return [line for line in text.replace("\r\n", "\n").split("\n") if line]
