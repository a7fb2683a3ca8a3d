"""The page of estimates: how many shards traffic needs, and what it costs. It stores nothing."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.views.estimate_result import field_problems, shown_estimate
from onboarding.wizard.forms.estimate import EstimateForm
from portal.tenancy.access import TenantRequest, of_tenant


@require_safe
@of_tenant()
def estimate(request: TenantRequest) -> HttpResponse:
    """Show the form with what the address says, and the estimate of it; to htmx the estimate alone."""
    is_typed = "records_per_second" in request.GET
    form = EstimateForm(request.GET if is_typed else None)
    template = "onboarding/_estimate_live.html" if request.htmx else "onboarding/estimate.html"
    return render(request, template, {"tenant": request.tenant, "form": form, **result_of(form)})


def result_of(form: EstimateForm) -> dict[str, Any]:
    """Return the estimate of a form that is valid, and what is wrong at each field of one that is not."""
    problems = {name: str(errors[0]) for name, errors in form.errors.items()}
    shown = {"estimate": None, "field_problems": field_problems(form, problems)}
    if not form.is_bound or not form.is_valid() or form.traffic is None or form.stream is None:
        return shown
    return {**shown, "estimate": shown_estimate(form.traffic, form.stream)}
