"""One style sheet a page: a file that only imports others is collected as one, with their text in its place."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLES = ("sluice/css/sluice.css", "onboarding/css/onboarding.css", "monitoring/css/monitoring.css")
_IMPORT = re.compile(r'@import url\("([\w-]+\.css)"\);\n?')


class BundledStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    """Static files with names that change with their content, and each bundle as one file.

    Where files are served as they lie (SLUICE_STATIC_MANIFEST=0) the browser follows the imports itself.
    """

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Write each bundle as one file, then name and compress all files as the parent does."""
        for name in BUNDLES:
            if name in paths and not dry_run:
                text = _joined(name, paths)
                self.delete(name)
                self.save(name, ContentFile(text.encode()))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def _joined(name: str, paths: dict[str, Any]) -> str:
    folder = name.rpartition("/")[0]
    return _IMPORT.sub(lambda found: _text(f"{folder}/{found[1]}", paths), _text(name, paths))


def _text(name: str, paths: dict[str, Any]) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())
