"""All that can be sent: every address that answers a signed-in person, with its arguments, parameters and fields."""

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.test import Client
from django.urls import NoReverseMatch, reverse

from onboarding.deliveries.form_schema import DESTINATION_FORMS, inputs_of
from tests.architecture.population import Population
from tests.architecture.test_urls import TABLE, admin_addresses
from tests.architecture.tree import CODE, modules, parsed
from tests.fuzz.values import VALUES, random_value

# Of the admin, whose source is Django's.
ADMIN_PARAMETERS = (
    *("q", "p", "o", "e", "all", "_popup", "_to_field", "_changelist_filters", "term", "app_label", "model_name"),
    *("field_name", "page", "next", "tenant__id__exact", "state__exact", "is_active__exact", "at__year", "at__gte"),
)
ADMIN_FIELDS = ("action", "select_across", "index", "_selected_action", "name", "slug", "_save", "_continue", "_popup")
AUTOCOMPLETE = {"app_label": "tenancy", "model_name": "membership", "field_name": "user"}
MUST_NOT_BE_FUZZED = {"csrfmiddlewaretoken"}
RANDOM_VALUES = 3


@dataclass(frozen=True)
class Attempt:
    """One request, and what is wrong with it."""

    role: str
    method: str
    url: str
    what: str
    sent: dict[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return f"{self.role}: {self.method} {self.url[:90]}, {self.what}"


def attempts(population: Population, seed: str) -> list[Attempt]:
    """Return every attempt: each argument, parameter and field of each address with each value."""
    draw = random.Random(seed)
    values = {**VALUES, **{f"random {number}": random_value(draw) for number in range(RANDOM_VALUES)}}
    return [*_of_pages(population, values), *_of_the_admin(population, values)]


def _of_pages(population: Population, values: dict[str, str]) -> Iterator[Attempt]:
    parameters, fields = names_read_from("GET"), {*names_read_from("POST"), *_inputs_of_deliveries()}
    for row in TABLE:
        if row.by_role["admin"] in {404, 405} and row.by_role["operator"] in {404, 405}:
            continue
        role = "operator" if row.by_role["admin"] in {404, 405} else "admin"
        arguments = population.ours.arguments()[row.of]
        yield from _of_arguments(role, row.method, row.name, arguments, values)
        url = reverse(row.name, kwargs=arguments)
        if row.method == "GET":
            yield from _each(role, url, "GET", sorted(parameters), values, {})
            continue
        shown = inputs_on(population.client(role), url)
        for name in sorted({*fields, *shown} - MUST_NOT_BE_FUZZED):
            for do in sorted({"next", "keep", *dict(row.sent).values()}):
                yield from _each(role, url, "POST", [name], values, {**shown, "do": do})


def _of_the_admin(population: Population, values: dict[str, str]) -> Iterator[Attempt]:
    for name, url in admin_addresses(population).items():
        fixed = AUTOCOMPLETE if name == "autocomplete" else {}
        yield Attempt("support", "GET", url, "bare")
        yield from _each("support", url, "GET", sorted(ADMIN_PARAMETERS), values, fixed)
        yield from _each("support", url, "POST", sorted(ADMIN_FIELDS), values, {})


def _each(
    role: str, url: str, method: str, names: list[str], values: dict[str, str], others: dict[str, str]
) -> Iterator[Attempt]:
    for name in names:
        for what, value in values.items():
            yield Attempt(role, method, url, f"{name} = {what}", {**others, name: value})


def _of_arguments(
    role: str, method: str, name: str, arguments: dict[str, object], values: dict[str, str]
) -> Iterator[Attempt]:
    for argument in arguments:
        for what, value in values.items():
            number = len(str(value)) if str(value).isdigit() else 1
            try:
                url = reverse(name, kwargs={**arguments, argument: value})
            except (NoReverseMatch, ValueError):
                url = reverse(name, kwargs={**arguments, argument: "9" * number})
            yield Attempt(role, method, url, f"{argument} of the address = {what}")


def names_read_from(method: str) -> set[str]:
    """Return the names that the code reads from request.GET or request.POST."""
    found = set()
    for path in modules(*CODE):
        for node in ast.walk(parsed(path.read_text())):
            found |= set(_names_in(node, method))
    return found


def _names_in(node: ast.AST, method: str) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(value=source), args=[ast.Constant(value=name), *_]):
            pass
        case ast.Compare(left=ast.Constant(value=name), comparators=[source]):
            pass
        case _:
            return
    if ast.unparse(source) == f"request.{method}":
        yield str(name)


def _inputs_of_deliveries() -> set[str]:
    return {item.field for kind in DESTINATION_FORMS for item in inputs_of(kind)}


class _Inputs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"input", "textarea", "select"} and given.get("name"):
            self.found.setdefault(str(given["name"]), str(given.get("value") or ""))


def inputs_on(client: Client, url: str) -> dict[str, str]:
    """Return the fields of a page with their values, where the address has a page."""
    answer = client.get(url)
    parser = _Inputs()
    if answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html"):
        parser.feed(answer.content.decode())
    return parser.found
