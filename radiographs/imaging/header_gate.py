"""Whether a film's header says that it is no frontal chest radiograph, before anyone looks at its pixels."""

from __future__ import annotations

from radiographs.imaging import headervocabulary, headerwords
from radiographs.imaging.filefacts import FileFacts

# Radiographs (CR, DX and their old names) and pictures of unknown origin: a film that was digitised or captured from a
# screen is a secondary capture (OT, SC) or a photograph (XC), and its header does not know what is on it.
_MODALITIES = ("CR", "DX", "DR", "RG", "XR", "OT", "SC", "XC")
_SOP_CLASSES = (
    "1.2.840.10008.5.1.4.1.1.1",  # computed radiography
    "1.2.840.10008.5.1.4.1.1.1.1",  # digital radiography, for presentation
    "1.2.840.10008.5.1.4.1.1.1.1.1",  # digital radiography, for processing
    "1.2.840.10008.5.1.4.1.1.7",  # secondary capture, and its multi-frame forms
    "1.2.840.10008.5.1.4.1.1.7.1",
    "1.2.840.10008.5.1.4.1.1.7.2",
    "1.2.840.10008.5.1.4.1.1.7.3",
    "1.2.840.10008.5.1.4.1.1.7.4",
    "1.2.840.10008.5.1.4.1.1.77.1.4",  # photograph
)


def objections(facts: FileFacts) -> tuple[str, ...]:
    """Every reason, one sentence each, why the header rules the film out; empty for what is no DICOM file.

    What the header leaves out, or says in words that are not known here, is no reason: other gates look at the pixels.
    """
    if facts.format != "DICOM":
        return ()
    found = []
    if facts.modality and facts.modality not in _MODALITIES:
        found.append(f"its header says {_said('Modality', facts.modality)} where a radiograph is CR or DX")
    if kind := _other_kind(facts.sop_class):
        found.append(f"its header says {kind} where a radiograph is CR, DX or secondary capture")
    if facts.body_part and headerwords.is_chest(facts.body_part) is False:
        found.append(f"its header says {_said('BodyPartExamined', facts.body_part)} where a chest is expected")
    if facts.view_position and is_frontal_view(facts.view_position) is False:
        said = _said("ViewPosition", facts.view_position)
        found.append(f"its header says {said} where a frontal one (PA or AP) is expected")
    return tuple(found)


_CALLED = {"Modality": "modality", "BodyPartExamined": "body part", "ViewPosition": "view"}


def _said(keyword: str, stated: str) -> str:
    """What the header says, in a word of a list of ours: free text of a header may name anybody."""
    known = headervocabulary.word(keyword, stated) or headerwords.part(stated)
    return f"{_CALLED[keyword]} {known}" if known else f"another {_CALLED[keyword]}, in words of its own,"


def is_frontal_view(word: str) -> bool | None:
    """Whether a view position, of a header or a table, is frontal (PA, AP, face …).

    Returns:
        False for a lateral, oblique or decubitus film and a slice of a CT; None for a word that is not known.
    """
    return headerwords.is_frontal(word)


def _other_kind(sop_class: str | None) -> str | None:
    """The name of a storage class that holds no radiographs; None for those that do, and for unknown ones."""
    if not sop_class or sop_class in _SOP_CLASSES:
        return None
    from pydicom.uid import UID

    named = UID(sop_class)
    return named.name if named.type == "SOP Class" else None
