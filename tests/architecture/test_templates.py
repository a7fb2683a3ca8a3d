"""House rules of the front end: a strict Content-Security-Policy holds, and what a template names exists."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STATIC = ROOT / "static"
CSS_BUDGET_BYTES = 20 * 1024

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
STATIC_FILE = re.compile(r"{%\s*static\s+[\"']((?:sluice|vendor)/[^\"']+)[\"']")
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


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_holds_no_inline_code(path: Path) -> None:
    assert _violations(path.read_text()) == []


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
    styles = [path for path in (STATIC / "sluice").glob("*.css") if path.name != "admin.css"]
    assert sum(len(gzip.compress(path.read_bytes())) for path in styles) <= CSS_BUDGET_BYTES
