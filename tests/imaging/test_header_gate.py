"""A header that says it is no frontal chest radiograph stops the film, and its nearest neighbour passes."""

from __future__ import annotations

import pytest

from radiographs.imaging import decode, header_gate
from radiographs.imaging.filefacts import FileFacts

CT, MR, PRIVATE = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4", "1.3.12.2.1107.5.9.1"
CR, DX, SECONDARY = "1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1", "1.2.840.10008.5.1.4.1.1.7"


def facts(**stated: str | None) -> FileFacts:
    """The facts of a DICOM film that states these."""
    plain = {"format": "DICOM", "width": 9, "height": 9, "bit_depth": 8, "channels": 1, "photometric": "MONOCHROME2"}
    return FileFacts(**(plain | {"tint": 0.0} | stated))


def passes(**stated: str | None) -> bool:
    """Whether the header gate lets the film through."""
    return header_gate.objections(facts(**stated)) == ()


# Each pair: what is stopped, and its nearest neighbour that is let through.
PAIRS = [
    ({"modality": "CT"}, {"modality": "CR"}),
    ({"modality": "MG"}, {"modality": "DX"}),
    ({"modality": "RF"}, {"modality": "RG"}),
    ({"modality": "PX"}, {"modality": "OT"}),
    ({"modality": "XA"}, {"modality": None}),
    ({"sop_class": CT}, {"sop_class": CR}),
    ({"sop_class": MR}, {"sop_class": DX}),
    ({"sop_class": CT, "modality": "CR"}, {"sop_class": SECONDARY, "modality": "CR"}),
    ({"sop_class": CT}, {"sop_class": PRIVATE}),
    ({"body_part": "EXTREMITY"}, {"body_part": "CHEST"}),
    ({"body_part": "TEETH"}, {"body_part": "THORAX"}),
    ({"body_part": "ABDOMEN"}, {"body_part": "CHEST_TO_ABDOMEN"}),
    ({"body_part": "THORACIC SPINE"}, {"body_part": "THORACIC"}),
    ({"body_part": "BRUSTWIRBELSÄULE"}, {"body_part": "BRUST"}),
    ({"body_part": "STERNUM"}, {"body_part": "PORT CHEST"}),
    ({"body_part": "KNIE"}, {"body_part": "TÓRAX"}),
    ({"body_part": "GENOU"}, {"body_part": "POUMON"}),
    ({"body_part": "КОЛЕНО"}, {"body_part": "ГРУДНАЯ КЛЕТКА"}),
    ({"body_part": "DIZ"}, {"body_part": "GÖĞÜS"}),
    ({"body_part": "HEAD"}, {"body_part": "UNKNOWN"}),
    ({"body_part": "HEAD"}, {"body_part": None}),
    ({"view_position": "LATERAL"}, {"view_position": "PA"}),
    ({"view_position": "LL"}, {"view_position": "AP"}),
    ({"view_position": "RLD"}, {"view_position": "AP SUPINE"}),
    ({"view_position": "LAO"}, {"view_position": None}),
    ({"view_position": "PROFIL"}, {"view_position": "FACE"}),
    ({"view_position": "LEFT LATERAL"}, {"view_position": "LEFT"}),
]


@pytest.mark.parametrize(("stopped", "neighbour"), PAIRS)
def test_a_header_that_says_so_stops_the_film_and_its_neighbour_passes(stopped, neighbour):
    assert not passes(**stopped)
    assert passes(**neighbour)


@pytest.mark.parametrize(("stopped", "_neighbour"), PAIRS[:20:6])
def test_the_reason_names_what_the_header_says(stopped, _neighbour):
    (reason,) = header_gate.objections(facts(**stopped))
    assert reason.startswith("its header says ")
    stated = str(next(iter(stopped.values())))
    assert stated in reason or "Image Storage" in reason or "in words of its own" in reason


def test_a_reason_repeats_no_free_text_of_a_header():
    (reason,) = header_gate.objections(facts(body_part="GENOU MME DUPONT"))
    assert "DUPONT" not in reason and "another body part" in reason
    (reason,) = header_gate.objections(facts(body_part="KNEE"))
    assert "body part KNEE" in reason


def test_every_reason_is_given():
    found = header_gate.objections(facts(modality="CT", sop_class=CT, body_part="HEAD", view_position="AXIAL"))
    assert len(found) == 4


def test_a_plain_image_has_no_header_to_object_to():
    assert header_gate.objections(facts(format="PNG", modality="CT", view_position="LATERAL")) == ()


@pytest.mark.parametrize(
    ("word", "frontal"),
    [
        ("PA", True), ("ap", True), ("P.A.", True), ("A-P", True), ("AP Supine", True), ("AP Erect", True),
        ("postero-anterior", True), ("antéro-postérieur", True), ("Frontal", True), ("de face", True),
        ("L", False), ("LATERAL", False), ("Left lateral", False), ("RL", False), ("LLD", False), ("Profil", False),
        ("AP left lateral decubitus", False), ("RAO", False), ("oblique", False), ("Axial", False), ("Schräg", False),
        ("", None), ("PA and lateral", None), ("PORTABLE", None), ("LEFT", None), ("portrait", None), ("PARK", None),
    ],
)  # fmt: skip
def test_view_positions_are_told_apart(word, frontal):
    assert header_gate.is_frontal_view(word) is frontal


def test_the_real_films_of_the_probes_are_told_apart_by_their_headers(shared):
    folder = shared / "probes" / "dicom"
    for path in sorted((folder / "chest").iterdir()):
        assert header_gate.objections(decode.decode_file(path).facts) == (), path.name
    stopped = {
        path.name: header_gate.objections(decode.decode_file(path).facts) for path in (folder / "not_chest").iterdir()
    }
    assert "body part EXTREMITY" in stopped["RG3_J2KI.dcm"][0]
    assert "body part TEETH" in stopped["CR-ModalitySequenceLUT.dcm"][0]
