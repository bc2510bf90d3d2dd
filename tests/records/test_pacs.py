"""All films of a PACS are found, each once, whatever it makes of the question, and become rows that show nobody."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_pacs import MODALITY, SERIES, SOP, STUDY, Asked, Play, Reply, instance, library, play, told, waits

from radiographs.errors import PacsUnavailable
from radiographs.records import pacs
from radiographs.records.pacs import Instance, Pacs, Query

__all__ = ["play", "waits"]
PATIENT, ACCESSION, DAY, VIEW = "00100020", "00080050", "00080020", "00185101"
ANNA = {PATIENT: "anna-1", ACCESSION: "A77", DAY: "20260301", VIEW: "pa", MODALITY: "CR"}
QUERY = Query(modalities=("CR",))
LETTERS = "aZ019./- \0é"


def found(access: Pacs, query: Query = QUERY) -> list[str]:
    """The last part of each found instance's number."""
    return [instance.sop_uid.rpartition(".")[2] for instance in pacs.find(access, query)]


# Searching


@pytest.mark.parametrize("cap", [1, 2, 10])
@pytest.mark.parametrize("n", [0, 1, 3, 7])
def test_all_pages_are_asked_for_whatever_a_server_caps_them_at(play: Play, n: int, cap: int) -> None:
    access, _ = play(library(n, cap))
    assert found(access) == [str(k) for k in range(n)]


def test_an_instance_that_moves_to_the_next_page_or_has_two_modalities_comes_once(
    play: Play,
) -> None:
    pages = {"0": (0, 1, 2), "3": (2, 3, 4)}
    access, _ = play(lambda asked: told(*(instance(k) for k in pages.get(asked.query["offset"], ()))))
    assert found(access, Query()) == ["0", "1", "2", "3", "4"]


def test_a_server_that_knows_no_pages_is_asked_no_more_than_twice(
    play: Play,
) -> None:
    access, server = play(lambda asked: told(*(instance(k) for k in range(5))))
    assert len(found(access)) == 5 and len(server.asked) == 2


def test_a_server_that_gives_its_first_page_for_ever_is_refused(
    play: Play,
) -> None:
    access, _ = play(lambda asked: told(*(instance(k) for k in range(3))))
    with pytest.raises(PacsUnavailable, match=r"first 3 answers again .*StudyDate"):
        found(access)


def test_a_limit_stops_the_search_and_each_modality_is_asked_for_by_itself(
    play: Play,
) -> None:
    access, server = play(library(7))
    assert found(access, Query(most=4)) == ["0", "1", "2", "3"]
    assert [asked.query["offset"] for asked in server.asked] == ["0", "3"]
    assert found(access, Query(("CR", "DX"), filters={"BodyPartExamined": "CHEST*"})) == [str(k) for k in range(7)]
    assert {asked.query["Modality"] for asked in server.asked} == {"CR", "DX"}
    assert server.asked[-1].query["BodyPartExamined"] == "CHEST*"


def test_what_a_server_gives_beside_the_question_is_passed_over(
    play: Play,
) -> None:
    answers = told(
        instance(0, **{DAY: "20260301"}),
        instance(1, **{DAY: "20250301"}),
        instance(2, **{MODALITY: "CT", DAY: "20260301"}),
        instance(3),
    )
    access, _ = play(lambda asked: answers)
    assert found(access, Query(("CR",), study_date="20260101-")) == ["0", "3"]


def levels(asked: Asked, refusal: int = 400) -> Reply:
    """A server of two studies with a series each, that searches within these only."""
    depth = asked.path.removeprefix("/dicom-web/")
    if depth == "instances":
        return Reply(status=refusal)
    if asked.query["offset"] != "0":
        return told()
    if depth == "studies":
        return told({STUDY: "1.1", PATIENT: "anna-1", DAY: "2026.03.01"}, {STUDY: "1.2", ACCESSION: "A78"})
    study = depth.split("/")[1]
    if depth.endswith("series"):
        return told({SERIES: f"{study}.5", MODALITY: "CR"})
    return told({SOP: f"{study}.5.1"}, {SOP: f"{study}.5.2"})


@pytest.mark.parametrize("refusal", [400, 404, 501])
def test_a_server_that_does_not_search_all_instances_is_searched_level_by_level(play: Play, refusal: int) -> None:
    access, server = play(lambda asked: levels(asked, refusal))
    query = Query(("CR",), filters={"PatientID": "anna-1", "BodyPartExamined": "CHEST", "ViewPosition": "PA"})
    instances = list(pacs.find(access, query))
    assert [i.sop_uid for i in instances] == ["1.1.5.1", "1.1.5.2", "1.2.5.1", "1.2.5.2"]
    assert (instances[0].patient_id, instances[0].study_date, instances[0].modality) == ("anna-1", "20260301", "CR")
    assert (instances[3].study_uid, instances[3].series_uid, instances[3].accession) == ("1.2", "1.2.5", "A78")
    asked_at = {asked.path.removeprefix("/dicom-web/"): asked.query for asked in server.asked}
    assert asked_at["studies"]["PatientID"] == "anna-1" and asked_at["studies"]["ModalitiesInStudy"] == "CR"
    assert asked_at["studies/1.1/series"]["BodyPartExamined"] == "CHEST"
    assert asked_at["studies/1.1/series/1.1.5/instances"]["ViewPosition"] == "PA"


def test_instances_told_without_their_study_are_searched_level_by_level(
    play: Play,
) -> None:
    def script(asked: Asked) -> Reply:
        return told({SOP: "1.1.5.1"}) if asked.path == "/dicom-web/instances" else levels(asked)

    access, _ = play(script)
    assert [i.study_uid for i in pacs.find(access, QUERY)] == ["1.1", "1.1", "1.2", "1.2"]


# Rows


def test_a_row_says_what_the_search_said_and_shows_no_identity(
    play: Play,
) -> None:
    access, server = play(lambda asked: told(instance(1, **ANNA)) if asked.query["offset"] == "0" else told())
    ((row,),) = pacs.rows(access, QUERY, key=b"k" * 32)
    assert re.fullmatch(r"pacs/[0-9a-f]{12}\.dcm", row.name)
    assert (row.finding, row.source, row.path, row.problem) == (None, "127.0.0.1", None, "")
    assert (row.patient_id, row.study_id, row.accession) == ("anna-1", "1.2.1", "A77")
    assert (row.study_date, row.view_position) == ("20260301", "PA")
    assert row.remote is not None and row.remote.address == f"{server.url}#1.2.3.1"
    ((other,),) = pacs.rows(access, QUERY, "north", key=b"other" * 8)
    assert other.source == "north" and other.name != row.name
    assert repr(next(pacs.find(access, QUERY))) == "Instance(modality='CR', body_part='', view_position='PA')"


def test_the_next_rows_are_searched_for_only_when_they_are_wanted(
    play: Play,
) -> None:
    access, server = play(library(7))
    chunks = pacs.rows(access, QUERY, chunk=3)
    assert server.asked == []
    assert len(next(chunks)) == 3 and len(server.asked) == 1
    assert [len(chunk) for chunk in chunks] == [3, 1]


def test_an_instance_without_a_usable_number_is_a_row_with_a_problem(
    play: Play,
) -> None:
    access, _ = play(
        lambda asked: told(instance(1, **{SERIES: "../../x"}), instance(2)) if asked.query["offset"] == "0" else told()
    )
    ((bad, good),) = pacs.rows(access, QUERY)
    assert bad.remote is None and "no usable number" in bad.problem
    assert good.remote is not None and good.problem == ""


@given(
    st.dictionaries(
        st.sampled_from([STUDY, SERIES, SOP, MODALITY, PATIENT, ACCESSION, DAY, VIEW, "00180015"]),
        st.one_of(
            st.none(),
            st.text(LETTERS),
            st.dictionaries(
                st.just("Value"),
                st.one_of(st.none(), st.text(LETTERS), st.lists(st.one_of(st.text(LETTERS), st.integers(), st.none()))),
            ),
        ),
    )
)
def test_an_answer_of_any_shape_becomes_an_instance(answer: dict[str, object]) -> None:
    made = pacs._instance(answer)
    assert isinstance(made, Instance)
    assert re.fullmatch(r"(\d{8})?", made.study_date)
