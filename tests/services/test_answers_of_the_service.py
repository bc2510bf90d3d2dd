"""What a caller on this machine gets for a film, good or bad."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import drawn_bundle
import drawn_film
import numpy as np
import pytest
from starlette.testclient import TestClient

from radiographs import findings as packaged
from radiographs.findings import Findings
from radiographs.runtime.bundle import Bundle
from services import messages

FINDINGS = packaged.read().names
Post = Callable[..., Any]


def _picture(png: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)


def test_the_scores_are_those_of_the_bundle(post: Post, bundle_folder: Path) -> None:
    answer = post(drawn_film.png()).json()
    expected = Bundle.load(bundle_folder, threads=1).answer(drawn_film.pixels())
    assert list(answer["scores"]) == list(FINDINGS)
    assert np.allclose(list(answer["scores"].values()), expected.scores, atol=1e-5)
    assert answer["finding"] == expected.finding == max(answer["scores"], key=answer["scores"].get)


def test_an_answer_says_who_gave_it_and_that_it_is_for_research(post: Post, bundle_folder: Path) -> None:
    reply = post(drawn_film.png())
    answer = reply.json()
    digest = Bundle.load(bundle_folder, threads=1).digest
    assert answer["model"] == {"name": "radiographs", "version": "7", "bundle": digest, "cohort": "0" * 64}
    assert answer["notice"] == messages.NOTICE
    assert answer["film"] == {"width": 280, "height": 300, "format": "PNG", "corrections": []}
    assert answer["request_id"] == reply.headers["x-request-id"]
    assert answer["overlay_png"] is None and answer["film_png"] is None


@pytest.fixture
def cautious(serve: Any, state: Path) -> TestClient:
    """The service with a champion that a person approved in spite of two checks."""
    drawn_bundle.point(state, "bundles/drawn", "7", cautions=list(drawn_bundle.CAUTIONS))
    yield serve(state)
    drawn_bundle.point(state, "bundles/drawn", "7")


def test_every_answer_of_a_model_with_cautions_carries_them(cautious: TestClient) -> None:
    film = {"file": ("film.png", drawn_film.png())}
    assert cautious.post("/predict", files=film).json()["cautions"] == list(drawn_bundle.CAUTIONS)
    assert cautious.post("/explain", files=film).headers["x-cautions"] == "2"
    assert cautious.get("/model").json()["cautions"] == list(drawn_bundle.CAUTIONS)


def test_every_answer_of_a_model_without_cautions_says_that_there_are_none(client: TestClient, post: Post) -> None:
    assert post(drawn_film.png()).json()["cautions"] == []
    assert post(drawn_film.png(), "/explain").headers["x-cautions"] == "0"
    assert client.get("/model").json()["cautions"] == []


def test_the_model_is_described_without_a_film(client: TestClient, bundle_folder: Path) -> None:
    assert client.get("/model").json() == {
        "name": "radiographs",
        "version": "7",
        "bundle": Bundle.load(bundle_folder, threads=1).digest,
        "cohort": "0" * 64,
        "backbone": "LeNet-5",
        "precision": "f32",
        "findings": list(FINDINGS),
        "side_px": 64,
        "temperature": 1.5,
        "cautions": [],
        "notice": messages.NOTICE,
    }


def test_the_overlay_of_the_top_finding_comes_in_the_same_answer(post: Post) -> None:
    answer = post(drawn_film.png(), overlay="top", film="true").json()
    overlay, film = (_picture(base64.b64decode(answer[name])) for name in ("overlay_png", "film_png"))
    assert answer["overlay_finding"] == answer["finding"]
    assert overlay.shape == (300, 280, 3)
    assert np.array_equal(film, drawn_film.pixels())


@pytest.mark.parametrize("finding", FINDINGS)
def test_each_finding_has_an_overlay_of_its_own_on_both_routes(post: Post, finding: str) -> None:
    inside = base64.b64decode(post(drawn_film.png(), overlay=finding).json()["overlay_png"])
    alone = post(drawn_film.png(), "/explain", finding=finding)
    assert alone.headers["content-type"] == "image/png"
    assert alone.headers["x-finding"] == finding
    assert 0 <= float(alone.headers["x-score"]) <= 1
    assert inside == alone.content


def test_overlays_of_two_findings_differ(post: Post) -> None:
    first, second = (post(drawn_film.png(), "/explain", finding=name).content for name in FINDINGS[:2])
    assert first != second


@pytest.mark.parametrize("extension", [".png", ".jpg", ".webp", ".tiff"])
def test_every_plain_format_is_read(post: Post, extension: str) -> None:
    assert post(drawn_film.encoded(drawn_film.pixels(), extension)).status_code == 200


def test_a_large_film_is_shown_no_larger_than_a_screen(post: Post) -> None:
    large = drawn_film.encoded(drawn_film.pixels(0, 2000, 1500))
    answer = post(large, overlay="top", film="1").json()
    assert answer["film"]["height"] == 2000
    shapes = {_picture(base64.b64decode(answer[name])).shape[:2] for name in ("overlay_png", "film_png")}
    assert shapes == {(1536, 1152)}


@pytest.mark.parametrize(
    ("film", "status", "code"),
    [
        pytest.param(drawn_film.png()[:2000], 400, "unreadable_film", id="truncated"),
        pytest.param(b"", 400, "unreadable_film", id="zero bytes"),
        pytest.param(b"<!doctype html><p>not found</p>", 400, "unreadable_film", id="HTML"),
        pytest.param(drawn_film.encoded(np.zeros((1, 1), np.uint8)), 422, "not_a_radiograph", id="1x1"),
        pytest.param(drawn_film.encoded(np.zeros((300, 300), np.uint8)), 422, "not_a_radiograph", id="black"),
        pytest.param(
            drawn_film.encoded(np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8)),
            422,
            "not_a_radiograph",
            id="colour",
        ),
    ],
)
def test_a_bad_film_is_refused_in_one_sentence_without_path_or_name(
    post: Post, film: bytes, status: int, code: str
) -> None:
    for route in ("/predict", "/explain"):
        reply = post(film, route)
        said = reply.json()
        assert (reply.status_code, said["code"]) == (status, code)
        assert said["error"].startswith("the film")
        assert "of a patient" not in reply.text and "/bento" not in reply.text and "Traceback" not in reply.text
        assert said["request_id"] == reply.headers["x-request-id"]


def test_an_unknown_finding_is_refused_with_the_known_ones(post: Post) -> None:
    for reply in (post(drawn_film.png(), overlay="Cancer"), post(drawn_film.png(), "/explain", finding="Cancer")):
        assert reply.status_code == 400
        assert all(finding in reply.json()["error"] for finding in FINDINGS)


def test_a_synonym_names_a_finding(post: Post) -> None:
    assert post(drawn_film.png(), overlay="covid-19").json()["overlay_finding"] == "COVID"


@pytest.mark.parametrize(
    "request_of",
    [
        pytest.param({"files": {"file": (None, "http://127.0.0.1:1/film.png")}}, id="an address in place of the film"),
        pytest.param({"data": {"file": "http://127.0.0.1:1/film.png"}}, id="an address as form"),
        pytest.param({"json": {"file": "http://127.0.0.1:1/film.png"}}, id="an address as JSON"),
        pytest.param({"files": {"other": ("film.png", b"x")}}, id="another field"),
        pytest.param(
            {"content": b"--x\r\nrubbish", "headers": {"content-type": "multipart/form-data; boundary=x"}}, id="broken"
        ),
        pytest.param({"content": b"rubbish", "headers": {"content-type": "multipart/form-data"}}, id="no boundary"),
        pytest.param(
            {"content": b"\x80\x04.", "headers": {"content-type": "application/vnd.bentoml+pickle"}}, id="a pickle"
        ),
        pytest.param({}, id="nothing"),
    ],
)
def test_a_request_without_a_film_is_a_client_error_and_fetches_nothing(
    client: TestClient, request_of: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx

    async def fetched(*_: Any, **__: Any) -> None:
        raise AssertionError("the service fetched an address")

    monkeypatch.setattr(httpx.AsyncClient, "get", fetched)
    reply = client.post("/predict", **request_of)
    assert reply.status_code in {400, 415}
    assert set(reply.json()) == {"error", "code", "request_id"}


def test_an_unforeseen_failure_says_nothing_of_the_inside(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("/secret/place")

    monkeypatch.setattr(Bundle, "answer", broken)
    reply = post(drawn_film.png())
    assert reply.status_code == 500
    assert reply.json()["error"] == messages.WORDS["en"]["errors"]["internal"]
    assert "secret" not in reply.text


def test_before_the_first_promotion_every_film_gets_503_in_one_sentence(serve: Any, tmp_path: Path) -> None:
    client = serve(tmp_path)
    reply = client.post("/predict", files={"file": ("film.png", drawn_film.png())})
    assert reply.status_code == 503
    assert reply.json()["error"].startswith("no model has been promoted yet")
    asked = client.get("/model", headers={"x-request-id": "case-17"})
    assert asked.status_code == 503
    assert asked.json() == reply.json() | {"request_id": "case-17"}
    assert client.get("/readyz").status_code == 503
    assert client.get("/livez").status_code == 200


def test_a_champion_that_cannot_be_used_is_said_without_a_path(serve: Any, tmp_path: Path) -> None:
    drawn_bundle.point(tmp_path, "bundles/none", "1")
    reply = serve(tmp_path).get("/model")
    assert (reply.status_code, reply.json()["code"]) == (503, "unusable_bundle")
    assert reply.json()["error"] == messages.WORDS["en"]["errors"]["unusable_bundle"]


def test_other_findings_are_served_under_their_own_names(serve: Any, tmp_path: Path) -> None:
    drawn_bundle.write(tmp_path / "bundles" / "two", findings=Findings(("dense", "clear"), "dense"))
    drawn_bundle.point(tmp_path, "bundles/two", "1")
    reply = serve(tmp_path).post("/explain", files={"file": ("f", drawn_film.png())}, data={"finding": "clear"})
    assert reply.headers["x-finding"] == "clear"


def test_the_openapi_document_has_an_example_and_our_errors(client: TestClient) -> None:
    document = client.get("/docs.json").json()
    schemas = document["components"]["schemas"]
    assert schemas["Prediction"]["example"]["notice"] == messages.NOTICE
    answers = document["paths"]["/predict"]["post"]["responses"]
    assert answers["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Prediction"}
    assert {"400", "401", "413", "415", "422", "503"} <= set(answers)
    assert "BentoML" not in str(document["info"])


def test_the_openapi_document_describes_the_model_card(client: TestClient) -> None:
    document = client.get("/docs.json").json()
    answers = document["paths"]["/model"]["get"]["responses"]
    assert answers["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ModelCard"}
    assert set(answers) == {"200", "401", "500", "503"}
    card = document["components"]["schemas"]["ModelCard"]
    assert set(card["required"]) == set(client.get("/model").json()) == set(card["example"])


def test_the_examples_of_the_document_are_valid_answers_with_a_caution() -> None:
    from services.answers import ModelCard, Prediction

    for answer in (Prediction, ModelCard):
        example = answer.model_validate(answer.model_config["json_schema_extra"]["example"])
        assert example.cautions
