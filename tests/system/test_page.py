"""The web page, driven in a real browser against a real service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import drawn_film
import pytest

from services import messages
from tasks.serving import ServedBento

pytestmark = pytest.mark.system

FINDINGS = ["COVID-19", "Lung opacity", "Normal", "Viral pneumonia"]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    file = tmp_path / "film.png"
    file.write_bytes(drawn_film.png())
    return file


@pytest.fixture
def page(browser: Any, served: ServedBento) -> Iterator[Any]:
    """The page as a visitor of English tongue finds it; a test fails on any error or outside address the page hits."""
    context = browser.new_context(locale="en-GB")
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda said: troubles.append(said.text) if "Content Security Policy" in said.text else None)
    opened.on("request", lambda asked: troubles.append(asked.url) if _outside(asked.url, served.url) else None)
    opened.goto(served.url)
    opened.wait_for_selector("#drop-help:text('64 MB')")
    yield opened
    context.close()
    assert troubles == []


def _outside(url: str, own: str) -> bool:
    return not url.startswith((own, "data:", "blob:"))


def _answer(page: Any, film: Path) -> None:
    page.set_input_files("#file", film)
    page.wait_for_selector("#result:not([hidden])")
    page.evaluate("Promise.all([...document.querySelectorAll('.lightbox img')].map((image) => image.decode()))")


def _expect(locator: Any) -> Any:
    """Waits without evaluating strings in the page, which its policy forbids."""
    from playwright.sync_api import expect

    return expect(locator)


def test_a_film_is_shown_with_its_overlay_and_scores(page: Any, film: Path) -> None:
    _answer(page, film)
    assert page.locator(".score .name").all_text_contents() == FINDINGS
    values = [float(text) for text in page.locator(".score .value").all_text_contents()]
    assert abs(sum(values) - 1) <= 0.02
    sizes = page.evaluate("['film', 'overlay'].map((id) => document.getElementById(id).naturalWidth)")
    assert sizes == [280, 280]
    assert page.locator("#film").get_attribute("src") != page.locator("#overlay").get_attribute("src")
    assert "7" in page.locator("#facts").text_content()


def test_the_research_notice_is_always_in_sight(page: Any) -> None:
    assert page.locator(".notice").is_visible()
    assert "Not a medical device" in page.locator(".notice").text_content()


def test_another_finding_is_chosen_with_the_keyboard(page: Any, film: Path) -> None:
    _answer(page, film)
    before = page.locator("#overlay").get_attribute("src")
    chosen = page.locator(".score input:checked")
    was = chosen.get_attribute("value")
    chosen.focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(f".score:has(input:not([value='{was}']):checked)")
    _expect(page.locator("#overlay")).not_to_have_attribute("src", before)
    assert page.locator(".score input:checked").get_attribute("value") != was
    assert page.evaluate("document.activeElement.name") == "finding"


def test_the_slider_fades_the_overlay(page: Any, film: Path) -> None:
    _answer(page, film)
    page.locator("#strength").focus()
    page.keyboard.press("Home")
    assert page.evaluate("getComputedStyle(document.getElementById('overlay')).opacity") == "0"


def test_a_film_dropped_anywhere_on_the_page_is_read(page: Any, film: Path) -> None:
    page.evaluate(
        """async (bytes) => {
          const dropped = new DataTransfer();
          dropped.items.add(new File([new Uint8Array(bytes)], "film.png"));
          const drop = new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true });
          document.body.dispatchEvent(drop);
        }""",
        list(film.read_bytes()),
    )
    page.wait_for_selector("#result:not([hidden])")


def test_french_is_remembered(page: Any, film: Path) -> None:
    page.click("[data-language=fr]")
    _answer(page, film)
    assert page.locator(".score .name").all_text_contents()[1] == "Opacité pulmonaire"
    assert "," in page.locator(".score .value").first.text_content()
    page.reload()
    page.wait_for_selector("html[lang=fr]")
    assert page.locator(".notice").text_content() == messages.WORDS["fr"]["page"]["notice"]


def test_an_unreadable_file_is_refused_in_words(page: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(drawn_film.png()[:900])
    page.set_input_files("#file", broken)
    page.wait_for_selector("#error:not([hidden])")
    assert page.locator("#error-words").text_content().startswith("The film")
    assert not page.locator("#result").is_visible()
    page.click("[data-language=fr]")
    assert page.locator("#error-words").text_content() == messages.WORDS["fr"]["errors"]["unreadable_film"]


def test_a_film_no_browser_can_show_is_shown(page: Any, tmp_path: Path) -> None:
    tiff = tmp_path / "film.tiff"
    tiff.write_bytes(drawn_film.encoded(drawn_film.pixels(), ".tiff"))
    _answer(page, tiff)
    assert "TIFF" in page.locator("#size").text_content()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_of_360_px_needs_no_sideways_scrolling(page: Any, film: Path, language: str, scheme: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme=scheme)
    page.click(f"[data-language={language}]")
    _answer(page, film)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_every_control_and_picture_has_a_name_for_screen_readers(page: Any, film: Path) -> None:
    _answer(page, film)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("input, button, img:not([aria-hidden]):not(.brand img)")]
          .filter((one) => !(one.getAttribute("aria-label") || one.alt || one.labels?.[0]?.textContent.trim()))
          .map((one) => one.id)"""
    )
    assert nameless == []
    assert page.locator("#status").text_content().strip()
