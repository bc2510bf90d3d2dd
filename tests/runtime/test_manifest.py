"""Sealing names a bundle by its contents, and a bundle that was altered is refused."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiographs.errors import InvalidBundle
from radiographs.findings import Findings
from radiographs.imaging.preprocessing import Preparation
from radiographs.runtime import manifest as manifests
from radiographs.runtime.manifest import Manifest

STATED = Manifest(
    findings=Findings(("COVID", "Viral Pneumonia"), "COVID", {"covid-19": "COVID"}),
    preparation=Preparation(64, "stretch"),
    backbone="MobileNetV2(0.35)",
    weights_digest="ab" * 32,
    temperature=1.25,
    cohort_digest="cd" * 32,
    parity={"logits": 1e-6, "heatmaps": 2e-6},
)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "bundle"
    (made / "more").mkdir(parents=True)
    (made / "graph.xml").write_text("<net/>")
    (made / "graph.bin").write_bytes(bytes(range(256)))
    (made / "more" / "note.txt").write_text("kept")
    return made


def test_what_was_sealed_is_read_back(folder):
    manifests.seal(folder, STATED)
    assert manifests.read_verified(folder) == STATED


def test_the_digest_depends_neither_on_times_nor_on_the_folder(folder, tmp_path):
    digest = manifests.seal(folder, STATED)
    moved = tmp_path / "elsewhere" / "moved"
    shutil.copytree(folder, moved)
    for path in moved.rglob("*"):
        os.utime(path, (1, 1))
    assert manifests.digest_of(moved) == digest
    assert manifests.seal(moved, STATED) == digest


@pytest.mark.parametrize("change", [{"temperature": 1.5}, {"backbone": "VGG16"}, {"preparation": Preparation(32)}])
def test_another_manifest_gives_another_digest(folder, change):
    digest = manifests.seal(folder, STATED)
    assert manifests.seal(folder, dataclasses.replace(STATED, **change)) != digest


@settings(max_examples=25, deadline=None)
@given(place=st.integers(0, 255), flip=st.integers(1, 255))
def test_any_altered_byte_is_found(tmp_path_factory, place, flip):
    made = tmp_path_factory.mktemp("bundle")
    content = bytearray(range(256))
    (made / "graph.bin").write_bytes(content)
    manifests.seal(made, STATED)
    content[place] ^= flip
    (made / "graph.bin").write_bytes(content)
    with pytest.raises(InvalidBundle, match=r"graph\.bin was altered"):
        manifests.read_verified(made)


def test_a_missing_file_is_refused_by_name(folder):
    manifests.seal(folder, STATED)
    (folder / "more" / "note.txt").unlink()
    with pytest.raises(InvalidBundle, match=r"more/note\.txt is missing"):
        manifests.read_verified(folder)


def test_a_folder_without_a_seal_is_no_bundle(folder):
    with pytest.raises(InvalidBundle, match=r"bundle\.json is missing"):
        manifests.read_verified(folder)


def test_an_empty_folder_cannot_be_sealed(tmp_path):
    with pytest.raises(InvalidBundle, match="holds no file"):
        manifests.seal(tmp_path, STATED)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content.pop("files"),
        lambda content: content["manifest"].pop("temperature"),
        lambda content: content["manifest"].update(temperature=0),
        lambda content: content["manifest"]["findings"].update(guarded="Other"),
        lambda content: content["manifest"]["preparation"].update(side_px="wide"),
        lambda content: content.update(format=2),
    ],
)
def test_a_spoiled_seal_is_refused_in_one_sentence(folder, spoil):
    manifests.seal(folder, STATED)
    content = json.loads((folder / "bundle.json").read_text())
    spoil(content)
    (folder / "bundle.json").write_text(json.dumps(content))
    with pytest.raises(InvalidBundle) as refusal:
        manifests.read_verified(folder)
    assert str(folder) in str(refusal.value)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
def test_a_temperature_that_cannot_divide_is_refused(temperature):
    with pytest.raises(ValueError, match="temperature"):
        dataclasses.replace(STATED, temperature=temperature)
