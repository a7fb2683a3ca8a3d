"""HTML without the line breaks of its template, so that a test finds a sentence wherever the template wraps it."""

import re


def on_one_line(html: str) -> str:
    """HTML with single blanks, and none just inside of a tag or of its element."""
    html = re.sub(r"\s+>", ">", re.sub(r"\s+", " ", html))
    return re.sub(r" (?=</)", "", re.sub(r"(<[a-z][^<>]*>) ", r"\1", html))
