"""House rules of the front end: a strict Content-Security-Policy holds, and what a template names exists."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from portal.static_bundles import BUNDLES
from tests.architecture.tree import CODE, ROOT, modules

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STATIC = ROOT / "static"
CSS_BUDGET_BYTES = 20 * 1024
LONGEST_LINE = 200

FORBIDDEN = {
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "script with a body": re.compile(r"<script\b[^>]*>\s*[^<\s]", re.IGNORECASE),
    "inline style element": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "on* attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "hx-on attribute": re.compile(r"\s(?:data-)?hx-on\b", re.IGNORECASE),
    "htmx eval": re.compile(r"\shx-(?:vals|headers|vars)\s*=\s*[\"']\s*(?:js:|javascript:)", re.IGNORECASE),
    "javascript address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
    "file of another host": re.compile(
        r"<(?:script|link|img|use)\b[^>]*\b(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE
    ),
}
INCLUDE = re.compile(r"{%\s*(?:include|extends)\s+[\"']([^\"']+)[\"']")
STATIC_FILE = re.compile(r"{%\s*static\s+[\"']((?:sluice|onboarding|monitoring)/[^\"']+)[\"']")
ICON = re.compile(r"components/icon\.html[\"']\s+with\s+[^%]*?\bname=[\"']([a-z-]+)[\"']")
VENDOR_ROW = re.compile(r"^\|\s*`?([^|`]+?)`?\s*\|[^|]+\|[^|]+\|\s*`?([0-9a-f]{64})`?\s*\|$", re.MULTILINE)


def _violations(source: str) -> list[str]:
    return [rule for rule, pattern in FORBIDDEN.items() if pattern.search(source)]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


def _vendor_faults(folder: Path) -> list[str]:
    listed = dict(VENDOR_ROW.findall((folder / "README.md").read_text()))
    present = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "README.md"
    }
    return sorted({name for name in listed.keys() | present.keys() if listed.get(name) != present.get(name)})


# Mail programs load no style sheet, and many keep only the styles of the element itself. A mail is never a page.
IN_MAIL = {"inline style element", "style attribute"}


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_holds_no_inline_code(path: Path) -> None:
    allowed = IN_MAIL if path.parent.name == "mail" else set()
    assert set(_violations(path.read_text())) - allowed == set()


def test_no_page_is_drawn_from_a_mail() -> None:
    assert [path for path in [*TEMPLATES, *modules(*CODE)] if '"mail/' in path.read_text()] == [
        ROOT / "portal/outbox/mails.py"
    ]


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("<script>go()</script>", "inline script"),
        ('<script src="/x.js">go()</script>', "script with a body"),
        ("<style>p{}</style>", "inline style element"),
        ('<p style="color:red">', "style attribute"),
        ('<p onclick="go()">', "on* attribute"),
        ('<p hx-on:click="go()">', "hx-on attribute"),
        ("<p hx-vals='js:{a: 1}'>", "htmx eval"),
        ('<a href="javascript:go()">', "javascript address"),
        ('<script src="https://cdn.example/x.js"></script>', "file of another host"),
    ],
)
def test_inline_code_would_be_found(source: str, rule: str) -> None:
    assert rule in _violations(source)


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_what_a_template_names_exists(path: Path) -> None:
    source = path.read_text()
    own = [name for name in INCLUDE.findall(source) if not name.startswith("admin/")]
    missing = [name for name in own if not (ROOT / "templates" / name).is_file()]
    missing += [name for name in STATIC_FILE.findall(source) if not (STATIC / name).is_file()]
    assert missing == []


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_every_icon_is_in_the_sprite(path: Path) -> None:
    sprite = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "sluice" / "icons.svg").read_text()))
    assert set(ICON.findall(path.read_text())) - sprite == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_page_has_a_heading(path: Path) -> None:
    source = path.read_text()
    if not re.search(r"{%\s*extends\s+[\"']base\.html", source):
        return
    assert re.search(r"{%\s*block\s+(?:heading|page_header|main)\s*%}", source), "its h1 would be empty"


def test_a_browser_may_restore_what_was_typed() -> None:
    """With `autocomplete="off"` a field is empty after Back, from a page that refuses the form."""
    fields = [path for path in modules(*CODE) if '"autocomplete": "off"' in path.read_text()]
    assert [path for path in [*TEMPLATES, *fields] if 'autocomplete="off"' in path.read_text()] + fields == []


def test_a_page_that_reloads_by_itself_can_be_stopped() -> None:
    # WCAG 2.2.1 and 2.2.2. The one meta element asks the query whether it may; the words beside it hold the link.
    reloads = {
        _name(path)
        for path in TEMPLATES
        if re.search(r"http-equiv\s*=\s*[\"']?refresh", path.read_text(), re.IGNORECASE)
    }
    assert reloads == {"components/refresh_meta.html"}
    assert '{% if query.refresh != "off" %}<meta' in (ROOT / "templates/components/refresh_meta.html").read_text()
    for path in TEMPLATES:
        if "components/refresh_meta.html" in path.read_text():
            assert "components/refresh_note.html" in _with_includes(path), path


def _with_includes(path: Path) -> str:
    """The template's text and that of all it includes; a name in a variable stands for every template beside it."""
    source = path.read_text()
    beside = [found.name for found in path.parent.glob("_run*.html")] if "{% include template %}" in source else []
    names = INCLUDE.findall(source) + [f"{path.parent.name}/{name}" for name in beside]
    return source + "".join((ROOT / "templates" / name).read_text() for name in names if not name.startswith("admin/"))


COMPONENTS = {
    "notice": re.compile(r"class=[\"'][^\"']*(?<![\w-])notice(?![\w-])"),
    "chip": re.compile(r"class=[\"'][^\"']*(?<![\w-])chip(?![\w-])"),
    "empty": re.compile(r"class=[\"'][^\"']*(?<![\w-])empty(?![\w-])"),
    "stat": re.compile(r"class=[\"'][^\"']*(?<![\w-])stat(?![\w-])"),
    "step": re.compile(r"class=[\"'][^\"']*(?<![\w-])step(?![\w-])"),
    "code": re.compile(r"<figure\b[^>]*\bcode\b"),
    "live": re.compile(r"\bdata-live\b(?!-)"),
    "icon": re.compile(r"<use\b"),
    "field_error": re.compile(r"<p\s+class=[\"']field-error"),
    "filter_form": re.compile(r"class=[\"'][^\"']*(?<![\w-])filter-form"),
    "aws_response": re.compile(r">AWS response<|\bAWS response\b"),
}


@pytest.mark.parametrize("name", COMPONENTS)
def test_the_markup_of_a_component_stands_in_one_template(name: str) -> None:
    holders = {_name(path) for path in TEMPLATES if COMPONENTS[name].search(path.read_text())}
    assert holders == {f"components/{name}.html"}


def test_the_markup_of_a_component_elsewhere_would_be_found() -> None:
    inline = ('<div class="card notice is-info">', "<p class='chip chip-s'>", '<use href="#key">', "<b data-live>")
    assert [name for source in inline for name in COMPONENTS if COMPONENTS[name].search(source)] == [
        "notice",
        "chip",
        "icon",
        "live",
    ]


def test_headers_of_htmx_are_read_and_written_by_django_htmx() -> None:
    ours = {str(path.relative_to(ROOT)) for path in modules(*CODE) if re.search(r"HX[-_][A-Z]", path.read_text())}
    assert ours == {"portal/middleware.py"}  # it names the header to caches, in Vary


# Text would become markup or code; and no window sends messages to another, so none has to be checked.
WRITES_MARKUP = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|srcdoc|eval|postMessage|importScripts)\b"
    r"|document\.write|new Function|__proto__"
)


def scripts() -> list[Path]:
    return [path for path in STATIC.rglob("*.js") if "vendor" not in path.parts]


def test_a_password_is_masked_and_named_for_password_managers() -> None:
    inputs = [tag for path in TEMPLATES for tag in re.findall(r"<input\b[^>]*>", path.read_text())]
    named = [tag for tag in inputs if re.search(r'-password"|name="\w*password', tag)]
    assert len(named) == 4
    for tag in named:
        assert 'type="password"' in tag
        assert re.search(r'autocomplete="(current|new)-password"', tag)
    assert not re.search(r"addEventListener\(\s*.(paste|copy|beforeinput)", "".join(p.read_text() for p in scripts()))


def test_no_script_writes_markup_runs_text_or_sends_messages() -> None:
    assert {path.name for path in scripts() if WRITES_MARKUP.search(path.read_text())} == set()
    assert len(scripts()) > 10


def test_a_script_that_writes_markup_would_be_found() -> None:
    for line in ("box.innerHTML = text", "new Function(text)", 'frame.postMessage(text, "*")', "document.write(text)"):
        assert WRITES_MARKUP.search(line)
    assert not WRITES_MARKUP.search("evaluate(box.textContent); copy.prototype")


def test_vendored_files_are_listed_with_their_hash() -> None:
    assert _vendor_faults(STATIC / "vendor") == []


def test_a_changed_vendored_file_would_be_found(tmp_path: Path) -> None:
    good = hashlib.sha256(b"good").hexdigest()
    (tmp_path / "README.md").write_text(f"| `a.js` | A 1 | MIT | `{good}` |\n")
    (tmp_path / "a.js").write_bytes(b"good")
    assert _vendor_faults(tmp_path) == []
    (tmp_path / "a.js").write_bytes(b"changed")
    (tmp_path / "b.js").write_bytes(b"unlisted")
    assert _vendor_faults(tmp_path) == ["a.js", "b.js"]


def test_the_styles_stay_light() -> None:
    # As they are collected: static_bundles.py makes one file of each folder, in the order of its imports.
    folders = [[path.read_bytes() for path in _imported(STATIC / name)] for name in BUNDLES]
    assert sum(len(gzip.compress(b"".join(folder))) for folder in folders) <= CSS_BUDGET_BYTES


@pytest.mark.parametrize("name", BUNDLES)
def test_every_component_is_in_the_bundle_of_its_folder(name: str) -> None:
    folder = (STATIC / name).parent
    others = {STATIC / name, folder / "admin.css"}  # the admin has a sheet of its own
    assert sorted(_imported(STATIC / name)) == sorted(set(folder.glob("*.css")) - others)


def _imported(bundle: Path) -> list[Path]:
    return [bundle.parent / name for name in re.findall(r'@import url\("([^"]+)"\);', bundle.read_text())]


@pytest.mark.parametrize(
    "path",
    [*TEMPLATES, *(path for path in STATIC.rglob("*.css") if "vendor" not in path.parts), *scripts()],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_lines_of_templates_styles_and_scripts_are_short(path: Path) -> None:
    assert [line for line in path.read_text().splitlines() if len(line) > LONGEST_LINE] == []
