"""Each bundle of styles is collected as one file."""

import re
from pathlib import Path

from django.conf import LazySettings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from portal.static_bundles import BUNDLES

STATIC = Path(__file__).resolve().parents[2] / "static"


def test_a_bundle_holds_the_text_of_all_that_it_imports(settings: LazySettings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "portal.static_bundles.BundledStaticFiles"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    for name in BUNDLES:
        served = (tmp_path / staticfiles_storage.stored_name(name)).read_text()
        parts = re.findall(r'@import url\("([^"]+)"\);', (STATIC / name).read_text())
        assert "@import" not in served
        assert parts
        for part in parts:
            first_selector = (STATIC / name).with_name(part).read_text().split("{")[0].rpartition("*/")[2].strip()
            assert first_selector in served, part


def test_pictures_that_a_bundle_names_are_found(settings: LazySettings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "portal.static_bundles.BundledStaticFiles"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    served = tmp_path / staticfiles_storage.stored_name("sluice/css/sluice.css")
    pictures = re.findall(r'url\("([^"]+\.svg)"\)', served.read_text())
    assert len(pictures) == 2
    for picture in pictures:
        assert (served.parent / picture).resolve().is_file()
