"""From a promoted bundle to a Bento that has answered its self-test, and the pointer that services follow."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from radiographs.errors import SelfTestFailed
from radiographs.imaging import decode, overlays, phantoms
from radiographs.runtime.bundle import Bundle
from tasks.serving import ServedBento, bentoml_environment, serve_bento

if TYPE_CHECKING:
    from tasks.registry import RegisteredVersion

__all__ = ["ServedBento", "build_bento", "package", "point", "self_test", "serve_bento", "store_bundle"]

PROJECT = Path(__file__).resolve().parents[1]
MODEL = "radiographs-bundle"
POINTER = "champion.json"
REGISTERED_NAME = "radiographs"
SCORE_TOLERANCE = 1e-5
BUILD_SECONDS = 300


@task(cache_policy=NO_CACHE)
def package(
    bundle: Path, version: str, run_id: str, bentoml_home: Path | None = None, cautions: tuple[str, ...] = ()
) -> str:
    """Stores a bundle, builds the Bento around it and asks it one film; returns the Bento's tag.

    Args:
        bundle: the sealed folder.
        version: in the registry.
        run_id: of the training.
        bentoml_home: the store; None takes the one of this process's BENTOML_HOME.
        cautions: the failed checks, in words, in spite of which a person approved the model; every answer carries them.

    Raises:
        SelfTestFailed: the build failed, or the built service did not answer as the bundle does.
    """
    model = store_bundle(bundle, version, run_id, bentoml_home=bentoml_home, cautions=cautions)
    bento = build_bento(PROJECT, model, bentoml_home=bentoml_home)
    film = overlays.to_png(phantoms.draw("Normal", seed=1).pixels)
    seconds = self_test(bento, film, bundle, bentoml_home=bentoml_home, cautions=cautions)
    get_run_logger().info("Bento %s was ready in %.1f s and answered its self-test", bento, seconds)
    return bento


@task(cache_policy=NO_CACHE)
def point(root: Path, bundle: Path, version: RegisteredVersion, cautions: tuple[str, ...] = ()) -> Path:
    """Names the new champion, and the checks it did not pass, in the pointer file that running services follow.

    The file is replaced in one move.
    """
    named = {
        "bundle": bundle.resolve().relative_to(root.resolve()).as_posix(),
        "name": REGISTERED_NAME,
        "version": version.version,
        "run_id": version.run_id,
        "cautions": list(cautions),
    }
    pointer = root / POINTER
    arriving = pointer.with_name(f".{pointer.name}.{os.getpid()}")
    arriving.write_text(json.dumps(named, indent=2) + "\n", encoding="utf-8")
    arriving.replace(pointer)
    return pointer


def store_bundle(
    folder: Path, version: str, run_id: str, *, bentoml_home: Path | None = None, cautions: tuple[str, ...] = ()
) -> str:
    """Copies a verified bundle into BentoML's model store; returns the model's tag.

    The tag is the same for the same bundle with the same cautions, and another for others: a stored model is used
    again by its tag, and must not lose a caution or keep one on the way.

    Raises:
        InvalidBundle: the bundle is incomplete or altered.
    """
    import bentoml

    bundle = Bundle.load(folder)
    store = _model_store(bentoml_home)
    tag = f"{MODEL}:v{version}-{bundle.digest[:12]}{_mark(cautions)}"
    if store.list(tag):
        return tag
    facts = {
        "name": REGISTERED_NAME,
        "version": version,
        "run_id": run_id,
        "bundle": bundle.digest,
        "cohort": bundle.manifest.cohort_digest,
        "cautions": list(cautions),
    }
    with bentoml.models.create(
        tag, metadata=facts, labels={"notice": "research-use-only"}, _model_store=store
    ) as model:
        shutil.copytree(folder, Path(model.path) / "bundle")
    return tag


def build_bento(project: Path, model: str, *, bentoml_home: Path | None = None) -> str:
    """Builds the Bento of bentofile.yaml around one stored model; returns its tag, the same for the same sources.

    The sources are staged in a temporary folder, so neither the state folder nor the environment is ever walked, and
    the model is named by its tag instead of "latest".

    Raises:
        SelfTestFailed: BentoML could not build it; the sentence ends with its last words.
    """
    facts = _model_store(bentoml_home).get(model).info.metadata
    with tempfile.TemporaryDirectory(prefix="radiographs-build-") as folder:
        staged = _stage(project, Path(folder), model)
        version = f"v{facts['version']}-{facts['bundle'][:8]}-{staged.digest[:8]}"
        if _bento_store(bentoml_home).list(f"{staged.name}:{version}"):
            return f"{staged.name}:{version}"
        sources = commit(project)
        labels = [
            f"model_version={facts['version']}",
            f"run_id={facts['run_id']}",
            *([f"git_commit={sources}"] if sources else []),
        ]
        command = [sys.executable, "-m", "bentoml", "build", "--output", "tag", "--version", version]
        command += [word for label in labels for word in ("--label", label)]
        built = subprocess.run(
            [*command, str(staged.folder)],
            cwd=staged.folder,
            env=bentoml_environment(bentoml_home),
            capture_output=True,
            text=True,
            check=False,
            timeout=BUILD_SECONDS,
        )
    if built.returncode:
        raise SelfTestFailed(f"the Bento of {model} could not be built: {' | '.join(built.stderr.split(chr(10))[-4:])}")
    return f"{staged.name}:{version}"


def self_test(
    bento: str, film_png: bytes, bundle: Path, *, bentoml_home: Path | None = None, cautions: tuple[str, ...] = ()
) -> float:
    """Starts a built Bento, posts one film, compares its answer with the bundle's own; returns the seconds to ready.

    Raises:
        SelfTestFailed: it did not start, did not answer 200, answered otherwise than the bundle, or did not carry
            exactly these cautions.
    """
    reference = Bundle.load(bundle)
    expected = reference.answer(decode.decode_bytes(film_png, "the self-test film").pixels)
    with serve_bento(bento, bentoml_home) as service:
        status, answer = service.predict(film_png, overlay="top")
    if status != 200:
        raise SelfTestFailed(f"the Bento {bento} answered its self-test with HTTP {status}: {answer.get('error')}")
    named = dict(zip(reference.manifest.findings.names, expected.scores.tolist(), strict=True))
    difference = _largest_difference(named, answer["scores"])
    if difference > SCORE_TOLERANCE or answer["model"]["bundle"] != reference.digest or not answer["overlay_png"]:
        raise SelfTestFailed(
            f"the Bento {bento} does not answer as its bundle does (scores differ by {difference:.1e}, "
            f"limit {SCORE_TOLERANCE:.0e}; bundle {answer['model']['bundle'][:12]}, expected {reference.digest[:12]})"
        )
    carried = answer.get("cautions")
    if carried != list(cautions):
        raise SelfTestFailed(
            f"the Bento {bento} must carry the cautions of its model in every answer: "
            f"expected {list(cautions)}, got {carried}"
        )
    return service.seconds_to_ready


@dataclass(frozen=True)
class _Staged:
    folder: Path
    name: str
    digest: str


def _stage(project: Path, folder: Path, model: str) -> _Staged:
    """Copies what bentofile.yaml includes, with the model's tag put in."""
    recipe: dict[str, Any] = yaml.safe_load((project / "bentofile.yaml").read_text(encoding="utf-8"))
    for pattern in recipe["include"]:
        source, target = project / pattern.strip("/"), folder / pattern.strip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    recipe["models"] = [{**recipe["models"][0], "tag": model}]
    (folder / "bentofile.yaml").write_text(yaml.safe_dump(recipe, sort_keys=False), encoding="utf-8")
    return _Staged(folder, recipe["name"], _digest(folder))


def _digest(folder: Path) -> str:
    """SHA-256 over the relative names and bytes of all files."""
    content = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return content.hexdigest()


def commit(project: Path) -> str:
    """The git commit of the sources; "" where they are no checkout, or git is not there."""
    git = shutil.which("git")
    if git is None:
        return ""
    asked = subprocess.run([git, "-C", str(project), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 else ""


def _mark(cautions: tuple[str, ...]) -> str:
    """What tells a model with cautions from the same model without them, in its tag."""
    if not cautions:
        return ""
    return f"-c{hashlib.sha256(json.dumps(cautions).encode()).hexdigest()[:8]}"


def _largest_difference(expected: dict[str, float], answered: dict[str, float]) -> float:
    if list(expected) != list(answered):
        return float("inf")
    return max(abs(expected[name] - answered[name]) for name in expected)


def _model_store(bentoml_home: Path | None) -> Any:
    from bentoml._internal.configuration.containers import BentoMLContainer
    from bentoml._internal.models import ModelStore

    return BentoMLContainer.model_store.get() if bentoml_home is None else ModelStore(_made(bentoml_home / "models"))


def _bento_store(bentoml_home: Path | None) -> Any:
    from bentoml._internal.bento import BentoStore
    from bentoml._internal.configuration.containers import BentoMLContainer

    return BentoMLContainer.bento_store.get() if bentoml_home is None else BentoStore(_made(bentoml_home / "bentos"))


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
