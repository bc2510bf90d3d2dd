"""Both languages say everything, and the page asks for nothing that is not there."""

from __future__ import annotations

import re

from services import messages, site
from services.refusals import STATUSES

ENGLISH, FRENCH = messages.WORDS["en"], messages.WORDS["fr"]


def test_french_has_every_word_that_english_has_with_the_same_gaps() -> None:
    for part in ("page", "errors", "findings"):
        english, french = ENGLISH[part], FRENCH[part]  # type: ignore[literal-required]
        assert english.keys() == french.keys()
        gaps = re.compile(r"\{\w+\}")
        assert {key: sorted(gaps.findall(text)) for key, text in english.items()} == {
            key: sorted(gaps.findall(text)) for key, text in french.items()
        }


def test_every_word_the_page_asks_for_is_there() -> None:
    html = (site.PAGE / "index.html").read_text(encoding="utf-8")
    script = (site.PAGE / "page.js").read_text(encoding="utf-8")
    asked = set(re.findall(r'data-(?:word|label)="(\w+)"', html)) | set(re.findall(r'word\("(\w+)"\)', script))
    assert asked and asked <= ENGLISH["page"].keys()


def test_every_code_has_a_sentence() -> None:
    codes = {code for _, code in STATUSES.values()} | set(messages.CODES_BY_STATUS.values())
    assert codes <= ENGLISH["errors"].keys()


def test_the_page_names_no_resource_from_elsewhere() -> None:
    for file in site.PAGE.iterdir():
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//\w+\.\w+/|@import", text), file.name


def test_the_page_has_no_inline_script_or_style_that_its_policy_forbids() -> None:
    html = (site.PAGE / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script>|<style|\son\w+=|\sstyle=", html)
