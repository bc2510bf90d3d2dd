"""Real, awkward material goes through one call: each file ends as its description leads one to expect."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from radiographs import findings
from radiographs.imaging import quality
from radiographs.records import admission, intake
from radiographs.records.admission import AdmissionSummary, Workplace
from radiographs.records.catalogue import Catalogue
from radiographs.records.schema import CorrectionRow, ExclusionRow, LinkRow, QuarantineRow, RadiographRow, VersionRow

KEY = b"k" * 32
FINDINGS = findings.read()
QUARANTINED = {
    "dicom/chest/Fake_MONOHR1.dcm": "the pixels look like a negative of what the photometric interpretation says",
    "dicom/not_chest/RG3_J2KI.dcm": "its header says body part EXTREMITY where a chest is expected",
    "dicom/not_chest/CR-ModalitySequenceLUT.dcm": "its header says body part TEETH where a chest is expected",
    "odd/html_page.dcm": "it is a web page, not a radiograph",
    "odd/dog.jpg": "a film must be grey",
    "odd/ct_slice__16751_3_3.jpg": "a frontal chest film is expected",
    "odd/lateral__000005-5-b.jpg": "a frontal chest film is expected",
    "augmented/COVID/images/kermany_ozan__verticalFlipped_D5ACAA93-C779-4E22-ADFA-6A220489F840.jpg": (
        "a frontal chest film is expected"  # a lateral film, upside down
    ),
}
UNLABELLED = {
    # Its file is called by the UID in its header, which is not kept.
    "dicom/chest/….dcm",
    "dicom/chest/CR-MONO1-10-chest",
}
AWKWARD = {
    "odd/palette_png__tpmd200203f2-c.png",
    "odd/rgba_png__ryct.2020003.fig2-a.png",
    "odd/png_named_jpg__000001-12.jpg",
    "odd/webp__465.webp",
    "odd/jfif__248.jfif",
    "odd/tinted__200.jpg",
    "odd/text_or_arrows__COVID-545.png",
}
# Named by their patients' ids, which their headers tell: such names are shown with the pseudonym.
NAMED_BY_PATIENT = ("85444c90-e9d1-42cf-8ac4-f9968d27473d", "2fb8f201-843f-44fd-90cd-d1f257f996cf")


@dataclass(frozen=True)
class Hospital:
    """A state folder with its catalogue."""

    home: Path
    catalogue: Catalogue

    def admit(self, folder: Path, metadata: Path | None = None) -> AdmissionSummary:
        """A folder, held against its expectations as the flow does."""
        from tasks import validation

        place = Workplace(self.home / "originals", self.home / "batches", KEY)
        inspected = admission.inspect(intake.read_batch(folder, FINDINGS, metadata=metadata), self.catalogue, place)
        validated = validation.validate(inspected, FINDINGS, quality.Limits(), self.home / "docs")
        return admission.enrol(
            self.catalogue, inspected, validated.failures, quarantine=self.home / "q", tolerated_share=0.2
        ).accepted()

    def film_of(self) -> dict[str, str]:
        """Film by the name that it came under."""
        with self.catalogue.reading() as session:
            return {row.name: row.radiograph_id for row in session.scalars(select(VersionRow))}

    def groups(self) -> dict[str, str | None]:
        with self.catalogue.reading() as session:
            return {row.id: row.group_id for row in session.scalars(select(RadiographRow))}

    def links(self) -> set[frozenset[str]]:
        with self.catalogue.reading() as session:
            return {frozenset((row.radiograph_id, row.other_id)) for row in session.scalars(select(LinkRow))}


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def probed(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Hospital:
    """A hospital that took in the probes alone."""
    home = tmp_path_factory.mktemp("probes")
    made = Hospital(home, Catalogue.open(f"sqlite:///{home / 'catalogue.db'}"))
    made.admit(shared / "probes", shared / "probes" / "probes.csv")
    return made


def test_every_probe_ends_as_its_description_leads_one_to_expect(probed: Hospital, shared: Path) -> None:
    with probed.catalogue.reading() as session:
        waiting = {row.name: row.reason for row in session.scalars(select(QuarantineRow))}
        unlabelled = {row.name for row in session.scalars(select(VersionRow)) if not row.finding}
    assert set(waiting) == set(QUARANTINED)
    assert {name: reason[: len(QUARANTINED[name])] for name, reason in waiting.items()} == QUARANTINED
    assert unlabelled == UNLABELLED
    admitted = set(probed.film_of())
    assert admitted >= AWKWARD | UNLABELLED
    assert not [name for name in admitted for patient in NAMED_BY_PATIENT if patient in name]
    # Every other file is admitted under its name, or has the very pixels of one that is.
    again = probed.admit(shared / "probes", shared / "probes" / "probes.csv")
    assert (again.known, again.waiting, again.admitted, again.quarantined) == (167, 8, 0, 0)


def test_no_plain_probe_is_taken_for_a_negative(probed: Hospital) -> None:
    with probed.catalogue.reading() as session:
        assert [words for words in session.scalars(select(CorrectionRow.words)) if "inverted" in words] == []


def test_one_film_with_two_findings_among_the_probes_is_a_conflict_for_a_person(probed: Hospital) -> None:
    conflicts = probed.catalogue.list_conflicts()
    assert conflicts
    with probed.catalogue.reading() as session:
        left_out = set(session.scalars(select(ExclusionRow.radiograph_id)))
    assert {film for one in conflicts for film in (one.radiograph_id, one.other_id)} <= left_out


@pytest.mark.long
def test_all_films_then_the_probes_give_the_counts_asked_for(
    shared: Path, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    hospital = Hospital(tmp_path, Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.db'}"))
    first = hospital.admit(shared / "radiographs")
    assert (first.admitted, first.quarantined, first.conflicts) == (5032, 3, 0)
    hospital.admit(shared / "probes", shared / "probes" / "probes.csv")
    film_of, links = hospital.film_of(), hospital.links()
    found: dict[str, list[bool]] = defaultdict(list)
    for probe in rows(shared / "probes" / "probes.csv"):
        if probe["near_copy_of"]:
            # A probe without a name in the catalogue has the very pixels of its twin: the same film.
            one, other = film_of.get(probe["path"]), film_of[probe["near_copy_of"]]
            found[probe["path"].split("/")[0]].append(one in (None, other) or frozenset((one, other)) in links)
    counts = {kind: (sum(joined), len(joined)) for kind, joined in found.items()}
    assert counts["duplicate"] >= (75, 76) and counts["augmented"] == (7, 7) and counts["label_conflict"] == (8, 8)
    assert _joined_strangers(shared, film_of, hospital.groups()) == 0
    largest = _largest_without_common_patient(hospital)
    record_property("largest group without a common patient id", largest)
    assert largest <= 5


def _joined_strangers(shared: Path, film_of: dict[str, str], groups: dict[str, str | None]) -> int:
    """Pairs of different patients of one source whose films are in one group."""
    patients: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows(shared / "radiographs" / "metadata.csv"):
        if row["source"] in ("nih-chestxray14", "kermany", "covid-chestxray") and row["path"] in film_of:
            patients[row["source"], groups[film_of[row["path"]]] or row["path"]].add(row["patient_id"])
    return sum(len(names) * (len(names) - 1) // 2 for names in patients.values())


def _largest_without_common_patient(hospital: Hospital) -> int:
    """Films of the largest group that no patient id holds together: those of one patient count as one."""
    groups = hospital.groups()
    with hospital.catalogue.reading() as session:
        patient = {row.radiograph_id: row.patient_id for row in session.scalars(select(VersionRow)) if row.patient_id}
    members: dict[str, set[str]] = defaultdict(set)
    for film, group in groups.items():
        if group:
            members[group].add(patient.get(film, film))
    return max(len(units) for units in members.values())
