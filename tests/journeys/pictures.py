"""Pictures of pages for a person to look at (`PICTURES=folder` keeps them), and what a test can see of them itself."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.test_accessibility import RULES

SCHEMES = ("light", "dark")
_EXCESS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Pictures:
    """The pictures of one colour scheme; `problems` are those of all that were taken."""

    def __init__(self, tmp_path: Path, scheme: str) -> None:
        self.folder = Path(os.environ.get("PICTURES") or tmp_path)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.scheme = scheme
        self.problems: list[str] = []

    def page(self, browser: Browser) -> Page:
        """A page in the colour scheme, without motion."""
        # axe is put into the page as a script of its own, which the page's policy rightly blocks.
        return browser.new_context(color_scheme=self.scheme, reduced_motion="reduce", bypass_csp=True).new_page()

    def take(self, page: Page, name: str, *, full_page: bool = True) -> str:
        """Take a picture of the page as it is, note what is wrong with it, and return the picture's name."""
        width = (page.viewport_size or {"width": 0})["width"]
        picture = f"{name}-{width}-{self.scheme}"
        page.screenshot(path=self.folder / f"{picture}.png", full_page=full_page)
        found = Axe().run(page, options=RULES).response["violations"]
        self.problems += [f"{picture} {rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
        if (excess := page.evaluate(_EXCESS)) > 1:
            self.problems.append(f"{picture} is {excess} px too wide")
        return picture


def visit(page: Page, url: str) -> None:
    """Open a page that must be answered with 200."""
    answer = page.goto(url)
    assert answer is not None
    assert answer.status == 200, url
