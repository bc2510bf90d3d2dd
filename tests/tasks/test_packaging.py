"""A bundle becomes a Bento that holds what serving needs and nothing else, and the pointer moves in one step."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import drawn_bundle
import drawn_film
import numpy as np
import pytest
import yaml

from radiographs.errors import InvalidBundle, SelfTestFailed
from radiographs.runtime.bundle import Bundle
from tasks import packaging
from tasks.serving import ServedBento


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bentoml")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn_bundle.write(tmp_path_factory.mktemp("bundles") / "drawn")


@pytest.fixture(scope="module")
def model(bundle: Path, home: Path) -> str:
    return packaging.store_bundle(bundle, "7", "a-run", bentoml_home=home)


@pytest.fixture(scope="module")
def bento(model: str, home: Path) -> str:
    return packaging.build_bento(packaging.PROJECT, model, bentoml_home=home)


def _folder(bento: str, home: Path) -> Path:
    return home / "bentos" / bento.replace(":", "/")


def test_a_stored_bundle_is_whole_and_says_where_it_came_from(model: str, bundle: Path, home: Path) -> None:
    stored = home / "models" / model.replace(":", "/")
    facts = yaml.safe_load((stored / "model.yaml").read_text())["metadata"]
    assert Bundle.load(stored / "bundle", threads=1).digest == Bundle.load(bundle, threads=1).digest == facts["bundle"]
    assert (facts["name"], facts["version"], facts["run_id"]) == ("radiographs", "7", "a-run")


def test_the_same_bundle_is_stored_once(model: str, bundle: Path, home: Path) -> None:
    before = len(list((home / "models").glob("*/v7-*")))
    assert packaging.store_bundle(bundle, "7", "a-run", bentoml_home=home) == model
    assert len(list((home / "models").glob("*/v7-*"))) == before


def test_cautions_are_stored_with_the_model_under_a_tag_of_their_own(model: str, bundle: Path, home: Path) -> None:
    def stored(*cautions: str) -> str:
        return packaging.store_bundle(bundle, "7", "a-run", bentoml_home=home, cautions=cautions)

    first, both = stored(drawn_bundle.CAUTIONS[0]), stored(*drawn_bundle.CAUTIONS)
    assert len({model, first, both}) == 3
    assert stored(*drawn_bundle.CAUTIONS) == both and stored() == model
    for tag, expected in ((model, []), (first, [drawn_bundle.CAUTIONS[0]]), (both, list(drawn_bundle.CAUTIONS))):
        facts = yaml.safe_load((home / "models" / tag.replace(":", "/") / "model.yaml").read_text())["metadata"]
        assert facts["cautions"] == expected


def test_an_altered_bundle_is_not_stored(bundle: Path, tmp_path: Path) -> None:
    altered = shutil.copytree(bundle, tmp_path / "altered")
    (altered / "graph.bin").write_bytes(b"other weights")
    with pytest.raises(InvalidBundle):
        packaging.store_bundle(altered, "8", "a-run", bentoml_home=tmp_path / "home")
    assert not list((tmp_path / "home").glob("models/*/*"))


def test_the_bento_holds_what_serving_needs_and_nothing_else(bento: str, home: Path) -> None:
    source = _folder(bento, home) / "src"
    rooms = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    assert {"services/classifier.py", "services/page/index.html", "radiographs/findings.yaml"} <= rooms
    foreign = ("flows", "tasks", "expectations", "tests", "state", ".venv", ".git")
    assert not [name for name in rooms if name.split("/")[0] in foreign]
    for room in ("network", "evaluation", "store"):
        assert not (source / "radiographs" / room).exists()
    assert not [name for name in rooms if name.endswith(".pyc")]


def test_the_bento_asks_for_the_serving_lock_and_no_index(bento: str, home: Path) -> None:
    wanted = (_folder(bento, home) / "env" / "python" / "requirements.txt").read_text()
    assert "openvino==" in wanted and "tensorflow" not in wanted and "mlflow" not in wanted
    assert "index-url" not in wanted


def test_the_bento_names_its_own_model_and_the_notice(bento: str, model: str, home: Path) -> None:
    facts = yaml.safe_load((_folder(bento, home) / "bento.yaml").read_text())
    assert [(used["tag"], used["alias"]) for used in facts["models"]] == [(model, "champion")]
    assert facts["labels"]["model_version"] == "7"
    assert "Not a medical device" in (_folder(bento, home) / "README.md").read_text()


def test_the_bento_has_a_dockerfile(bento: str, home: Path) -> None:
    assert "FROM" in (_folder(bento, home) / "env" / "docker" / "Dockerfile").read_text()


def test_building_again_gives_the_same_bento_at_once(bento: str, model: str, home: Path) -> None:
    assert packaging.build_bento(packaging.PROJECT, model, bentoml_home=home) == bento


@pytest.mark.system
def test_an_older_bento_answers_with_its_own_model_after_a_newer_one_was_stored(
    bento: str, bundle: Path, home: Path, tmp_path: Path
) -> None:
    packaging.store_bundle(drawn_bundle.write(tmp_path / "newer", seed=1), "8", "b-run", bentoml_home=home)
    seconds = packaging.self_test(bento, drawn_film.png(), bundle, bentoml_home=home)
    assert seconds > 0


@pytest.fixture(scope="module")
def running(bento: str, home: Path) -> Iterator[ServedBento]:
    with packaging.serve_bento(bento, home, threads=1) as service:
        yield service


@pytest.mark.system
def test_a_package_with_cautions_is_another_bento_that_answers_with_them(
    bento: str, bundle: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.logging import disable_run_logger

    with disable_run_logger():
        cautious = packaging.package.fn(bundle, "7", "a-run", home, drawn_bundle.CAUTIONS)
    assert cautious != bento
    with packaging.serve_bento(cautious, home, threads=1) as service:
        assert service.predict(drawn_film.png())[1]["cautions"] == list(drawn_bundle.CAUTIONS)
        monkeypatch.setattr(packaging, "serve_bento", lambda *_, **__: nullcontext(service))
        assert packaging.self_test(cautious, drawn_film.png(), bundle, cautions=drawn_bundle.CAUTIONS) > 0
        for other in ((), drawn_bundle.CAUTIONS[:1], drawn_bundle.CAUTIONS[::-1]):
            with pytest.raises(SelfTestFailed, match="must carry the cautions of its model"):
                packaging.self_test(cautious, drawn_film.png(), bundle, cautions=other)


@pytest.mark.system
def test_a_bento_without_the_cautions_it_should_carry_fails(
    bento: str, running: ServedBento, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packaging, "serve_bento", lambda *_, **__: nullcontext(running))
    with pytest.raises(SelfTestFailed, match="must carry the cautions of its model"):
        packaging.self_test(bento, drawn_film.png(), bundle, cautions=drawn_bundle.CAUTIONS)


@pytest.mark.system
def test_a_bento_that_answers_otherwise_than_its_bundle_fails(
    bento: str, running: ServedBento, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packaging, "serve_bento", lambda *_, **__: nullcontext(running))
    another = drawn_bundle.write(tmp_path / "another", seed=2)
    with pytest.raises(SelfTestFailed, match="does not answer as its bundle does"):
        packaging.self_test(bento, drawn_film.png(), another)


@pytest.mark.system
def test_a_film_the_bento_refuses_fails_the_self_test_with_its_sentence(
    bento: str, running: ServedBento, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packaging, "serve_bento", lambda *_, **__: nullcontext(running))
    black = drawn_film.encoded(np.zeros((300, 300), np.uint8))
    with pytest.raises(SelfTestFailed, match=r"HTTP 422: the film is not taken"):
        packaging.self_test(bento, black, bundle)


@pytest.mark.system
def test_a_bento_that_does_not_exist_says_so_and_leaves_nothing_running(home: Path) -> None:
    with pytest.raises(SelfTestFailed, match="stopped by itself"), packaging.serve_bento("radiographs:none", home):
        pass


def packed(folder: Path) -> None:
    """Copies what bentofile.yaml takes into a Bento, and nothing else."""
    recipe = yaml.safe_load((packaging.PROJECT / "bentofile.yaml").read_text())
    for pattern in recipe["include"]:
        source, target = packaging.PROJECT / pattern.strip("/"), folder / pattern.strip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)


def test_what_goes_into_a_bento_imports_without_the_rest_of_the_project(tmp_path: Path) -> None:
    packed(tmp_path)
    script = (
        "import sys\n"
        "sys.meta_path[:] = [finder for finder in sys.meta_path if 'editable' not in str(finder).lower()]\n"
        f"sys.path[:] = [{str(tmp_path)!r}, *(path for path in sys.path if path != {str(packaging.PROJECT)!r})]\n"
        "import services.classifier, radiographs\n"
        "print(radiographs.__file__)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "radiographs" / "__init__.py")


def test_sources_that_do_not_import_are_said_and_leave_no_bento(model: str, home: Path, tmp_path: Path) -> None:
    packed(tmp_path)
    shutil.copyfile(packaging.PROJECT / "bentofile.yaml", tmp_path / "bentofile.yaml")
    (tmp_path / "services" / "classifier.py").write_text("import nothing_of_that_name\n")
    before = sorted((home / "bentos").glob("*/*"))
    with pytest.raises(SelfTestFailed, match="nothing_of_that_name"):
        packaging.build_bento(tmp_path, model, bentoml_home=home)
    assert sorted((home / "bentos").glob("*/*")) == before


def test_the_pointer_names_the_bundle_relative_to_the_state_folder(tmp_path: Path) -> None:
    from tasks.registry import RegisteredVersion

    folder = drawn_bundle.write(tmp_path / "bundles" / "drawn")
    pointer = packaging.point.fn(tmp_path, folder, RegisteredVersion("7", "a-run", "drawn"))
    assert pointer == tmp_path / "champion.json"
    named = json.loads(pointer.read_text())
    expected = {"bundle": "bundles/drawn", "name": "radiographs", "version": "7", "run_id": "a-run", "cautions": []}
    assert named == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundles", "champion.json"]
    packaging.point.fn(tmp_path, folder, RegisteredVersion("7", "a-run", "drawn"), drawn_bundle.CAUTIONS)
    assert json.loads(pointer.read_text()) == expected | {"cautions": list(drawn_bundle.CAUTIONS)}
