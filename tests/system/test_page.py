"""The web page, driven in a real browser against a real service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import drawn_bundle
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
    with _opened(browser, served) as opened:
        yield opened


@pytest.fixture
def cautious_page(browser: Any, served_with_cautions: ServedBento) -> Iterator[Any]:
    """The same page of a model that a person approved in spite of two checks."""
    with _opened(browser, served_with_cautions) as opened:
        yield opened


@contextmanager
def _opened(browser: Any, served: ServedBento) -> Iterator[Any]:
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


CAUTIONS_WORDS = {language: messages.WORDS[language]["page"]["cautions"] for language in ("en", "fr")}


def test_the_cautions_of_a_model_are_in_sight_before_any_film(cautious_page: Any) -> None:
    section = cautious_page.locator("#cautions")
    _expect(section).to_be_visible()
    assert section.get_by_role("heading").text_content() == CAUTIONS_WORDS["en"]
    assert section.get_by_role("listitem").all_text_contents() == list(drawn_bundle.CAUTIONS)
    assert cautious_page.locator("#cautions b").count() == 0
    assert cautious_page.locator("#status").text_content() == CAUTIONS_WORDS["en"]


def test_the_cautions_stand_beside_the_scores_and_are_announced_with_them(cautious_page: Any, film: Path) -> None:
    _answer(cautious_page, film)
    section = cautious_page.locator(".panel #cautions")
    _expect(section).to_be_visible()
    assert section.get_by_role("listitem").all_text_contents() == list(drawn_bundle.CAUTIONS)
    film_box, panel_box = (cautious_page.locator(part).bounding_box() for part in ("#film", ".panel"))
    assert film_box["x"] < panel_box["x"]
    said = cautious_page.locator("#status").text_content()
    assert "score" in said and said.endswith(CAUTIONS_WORDS["en"])


def test_a_model_without_cautions_shows_none_before_or_after_a_film(page: Any, film: Path) -> None:
    page.wait_for_load_state("networkidle")
    assert not page.locator("#cautions").is_visible()
    assert page.locator("#status").text_content() == ""
    _answer(page, film)
    assert not page.locator("#cautions").is_visible()
    assert CAUTIONS_WORDS["en"] not in page.locator("#status").text_content()


@pytest.mark.parametrize("code", ["no_champion", "unusable_bundle"])
def test_without_a_model_the_page_says_so_before_any_film(page: Any, code: str) -> None:
    page.route("**/model", lambda route: route.fulfill(status=503, json={"error": "", "code": code}))
    page.reload()
    _expect(page.locator("#error-words")).to_have_text(messages.WORDS["en"]["errors"][code])
    assert not page.locator("#cautions").is_visible()


def test_an_answer_brings_the_cautions_of_the_model_that_gave_it(page: Any, served: ServedBento, film: Path) -> None:
    page.wait_for_load_state("networkidle")
    answer = served.predict(film.read_bytes(), overlay="top")[1]
    another = {"cautions": ["Approved while the page was open."], "film_png": answer["overlay_png"]}
    page.route("**/predict", lambda route: route.fulfill(json=answer | another))
    _answer(page, film)
    assert page.locator("#cautions-list").text_content() == "Approved while the page was open."
    page.unroute("**/predict")
    page.set_input_files("#file", film)
    _expect(page.locator("#cautions")).to_be_hidden()


def test_the_heading_of_the_cautions_is_translated_and_their_sentences_stay_english(cautious_page: Any) -> None:
    cautious_page.click("[data-language=fr]")
    section = cautious_page.locator("#cautions")
    _expect(section.get_by_role("heading")).to_have_text(CAUTIONS_WORDS["fr"])
    assert section.get_by_role("list").get_attribute("lang") == "en"
    assert section.get_by_role("listitem").all_text_contents() == list(drawn_bundle.CAUTIONS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_cautions_need_no_sideways_scrolling_and_stand_out_from_their_ground(
    cautious_page: Any, film: Path, scheme: str
) -> None:
    cautious_page.set_viewport_size({"width": 360, "height": 740})
    cautious_page.emulate_media(color_scheme=scheme)
    for answered in (False, True):
        if answered:
            _answer(cautious_page, film)
        _expect(cautious_page.locator("#cautions")).to_be_visible()
        assert cautious_page.evaluate("document.documentElement.scrollWidth") <= 360
        assert _contrast(cautious_page, "#cautions h2") >= 4.5
        assert _contrast(cautious_page, "#cautions li") >= 4.5


def _contrast(page: Any, selector: str) -> float:
    """Contrast of a text with the ground of the cautions, as WCAG 2 computes it."""
    ink = page.locator(selector).first.evaluate("(one) => getComputedStyle(one).color")
    ground = page.locator("#cautions").evaluate("(one) => getComputedStyle(one).backgroundColor")
    light, dark = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(value) / 255 for value in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
