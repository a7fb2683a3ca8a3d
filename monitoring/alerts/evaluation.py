"""Sorts what was observed by the alert that it changes: of one cause, shared by streams, or one that may open.

Each is changed in a transaction of its own. A worker that dies in between loses nothing: what still holds is observed
again.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from monitoring.alert_models import AlertState
from monitoring.alerts import openings, shared_alerts, single_alerts
from monitoring.alerts.alert_rows import live_states
from monitoring.alerts.judgement import Judged, judged
from monitoring.alerts.observation import Observation
from monitoring.alerts.thresholds import thresholds_of


def note(tenant_id: int, observed: Sequence[Observation], *, now: datetime) -> int:
    """Open, keep and close a tenant's alerts by what was observed; return how many opened or closed.

    An observation without a value changes nothing; one that does not hold costs nothing where there is no alert.
    """
    states = live_states(tenant_id, (seen.cause for seen in observed))
    shared = shared_alerts.memberships(tenant_id, [seen.stream_ids[0] for seen in observed if seen.scope])
    members: dict[int, list[Judged]] = defaultdict(list)
    may_open: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    changed = 0
    for each in judged(observed, thresholds_of(tenant_id)):
        seen, state = each.seen, states.get(each.seen.key)
        if seen.scope and (alert_id := shared.get((seen.key[0], seen.stream_ids[0]))):
            members[alert_id].append(each)
        elif each.holds is None or not (each.holds or state):
            continue
        elif each.can_share and seen.scope and state in {None, AlertState.PENDING}:
            may_open[seen.key[0], seen.scope.key].append(each)
        else:
            changed += single_alerts.apply(tenant_id, each, holds=each.holds, now=now)
    changed += sum(shared_alerts.apply(alert_id, some, now=now) for alert_id, some in members.items())
    return changed + sum(openings.apply(tenant_id, some, now=now) for some in may_open.values())
