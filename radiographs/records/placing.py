"""Finds the group of each new film among all films of the catalogue, and its split once the group is labelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from radiographs.records import grouping, sketches, splitting
from radiographs.records.catalogue import current_versions, pieces
from radiographs.records.grouping import Index, Twin
from radiographs.records.schema import GroupRow, LikenessRow, LinkRow, RadiographRow, VersionRow
from radiographs.records.splitting import NewGroup, Tally

Node = tuple[str, str]  # kind (film, patient, group), name
Place = tuple[str, str]  # split, half of tune
_NOWHERE: Place = ("", "")  # of a group without a labelled film


@dataclass(frozen=True)
class Newcomer:
    """A film that is to be placed."""

    id: str
    patient_id: str


@dataclass(frozen=True)
class Placement:
    """Where new films belong.

    Attributes:
        group_of: group by film; a film without one bridges groups of different splits.
        bridges: reason by film without a group.
        groups: those of them that are new.
        twins: confirmed near-duplicates.
    """

    group_of: dict[str, str]
    bridges: dict[str, str]
    groups: tuple[str, ...]
    twins: tuple[Twin, ...]


def place(session: Session, newcomers: Sequence[Newcomer], phashes: np.ndarray, thumbnails: np.ndarray) -> Placement:
    """Places new films; groups of one split that a new film shows to be one patient are merged.

    Args:
        session: a writing session of the catalogue.
        newcomers: n films that are not in the catalogue.
        phashes: (n,) uint64.
        thumbnails: (n, 64, 64) uint8.
    """
    new = Index([film.id for film in newcomers], phashes, lambda at: thumbnails[at])
    twins = grouping.twins(new, _old_index(session))
    links = _links(session, newcomers, twins)
    group_of, bridges = _join(session, [film.id for film in newcomers], links)
    named = set(group_of.values())
    return Placement(group_of, bridges, tuple(sorted(named - _places(session, named).keys())), twins)


def assign(session: Session, *, seed: int) -> None:
    """Gives every group that has a labelled film and no split yet its split, for ever.

    Args:
        session: a writing session of the catalogue.
        seed: of the draw of splits.
    """
    assignments = splitting.assign(_unplaced(session), _tallies(session), seed=seed)
    if assignments:
        rows = [{"id": a.group_id, "split": a.split, "tune_half": a.tune_half} for a in assignments]
        session.execute(update(GroupRow), rows)


def signed(phash: int) -> int:
    """64 bits as the signed number that databases keep."""
    return phash - (1 << 64) if phash >> 63 else phash


def _old_index(session: Session) -> Index:
    columns = (LikenessRow.radiograph_id, LikenessRow.phash, LikenessRow.sketch)
    rows = session.execute(select(*columns).order_by(LikenessRow.radiograph_id)).all()
    ids = [row.radiograph_id for row in rows]

    def thumbnails(at: np.ndarray) -> np.ndarray:
        images = {}
        for piece in pieces(ids[k] for k in at):
            chosen = LikenessRow.radiograph_id.in_(piece)
            for film, image in session.execute(select(LikenessRow.radiograph_id, LikenessRow.thumbnail).where(chosen)):
                images[film] = np.frombuffer(image, np.uint8).reshape(64, 64)
        return np.stack([images[ids[k]] for k in at])

    phashes = np.array([row.phash for row in rows], np.int64).view(np.uint64)
    known = np.frombuffer(b"".join(row.sketch for row in rows), np.float16)
    return Index(ids, phashes, thumbnails, known.reshape(len(ids), sketches.SIDE, sketches.SIDE))


def _links(session: Session, newcomers: Sequence[Newcomer], twins: Sequence[Twin]) -> list[tuple[Node, Node]]:
    """Links between films, patients and groups; a film of the catalogue stands for its group, if it has one."""
    bridges = set(session.scalars(select(RadiographRow.id).where(RadiographRow.group_id.is_(None))))
    pairs = [(twin.id, twin.other_id) for twin in twins]
    for piece in pieces(bridges):
        old = select(LinkRow.radiograph_id, LinkRow.other_id)
        found = session.execute(old.where(or_(LinkRow.radiograph_id.in_(piece), LinkRow.other_id.in_(piece))))
        pairs += [(one, other) for one, other in found]
    node_of = _nodes(session, {film for pair in pairs for film in pair})
    links = [(node_of.get(a, ("film", a)), node_of.get(b, ("film", b))) for a, b in pairs]
    links += [(("film", film.id), ("patient", film.patient_id)) for film in newcomers if film.patient_id]
    patients = {film.patient_id for film in newcomers if film.patient_id} | _patients_of(session, bridges)
    for piece in pieces(patients):
        known = (
            select(VersionRow.patient_id, RadiographRow.id, RadiographRow.group_id)
            .join(RadiographRow, RadiographRow.id == VersionRow.radiograph_id)
            .where(VersionRow.patient_id.in_(piece))
        )
        for patient, film, group in session.execute(known):
            links.append((("patient", patient), ("group", group) if group else ("film", film)))
    return links


def _nodes(session: Session, films: set[str]) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for piece in pieces(films):
        found = select(RadiographRow.id, RadiographRow.group_id).where(RadiographRow.id.in_(piece))
        nodes.update((film, ("group", group)) for film, group in session.execute(found) if group)
    return nodes


def _patients_of(session: Session, films: set[str]) -> set[str]:
    patients: set[str] = set()
    for piece in pieces(films):
        found = select(VersionRow.patient_id).where(VersionRow.radiograph_id.in_(piece), VersionRow.patient_id != "")
        patients.update(session.scalars(found))
    return patients


def _join(session: Session, films: list[str], links: list[tuple[Node, Node]]) -> tuple[dict[str, str], dict[str, str]]:
    """Group by film, and reason by film that bridges splits.

    First only films that bridge by themselves, and those like them, are left out; what still bridges then, next.
    """
    places = _places(session, {name for link in links for kind, name in link if kind == "group"})
    reached = _bridging({("film", film) for film in films}, links, places)
    kept = [link for link in links if not reached.keys() & set(link)]
    new = {("film", film): film for film in films if ("film", film) not in reached}
    group_of: dict[str, str] = {}
    for cluster in grouping.clusters(kept, new):
        members = sorted(new[node] for node in cluster if node in new)
        groups = sorted(
            (node[1] for node in cluster if node[0] == "group"), key=lambda name: (places[name] == _NOWHERE, name)
        )
        near = {places[group] for group in groups} - {_NOWHERE}
        if len(near) > 1:
            reached.update(dict.fromkeys((("film", film) for film in members), near))
        elif members:
            regroup(session, groups)
            name = groups[0] if groups else f"g-{sha256(members[0].encode()).hexdigest()[:16]}"
            group_of.update(dict.fromkeys(members, name))
    return group_of, {film: _bridge_reason(reached["film", film]) for film in films if ("film", film) in reached}


def _bridging(new: set[Node], links: list[tuple[Node, Node]], places: dict[str, Place]) -> dict[Node, set[Place]]:
    """Films, new or of the catalogue, that bridge splits, with the places that they reach.

    A film bridges where its own twins and its patient are in several places. So does a film whose twin bridges, and
    one of a patient who is known by bridging films alone.
    """
    neighbours: dict[Node, set[Node]] = {}
    for one, other in links:
        neighbours.setdefault(one, set()).add(other)
        neighbours.setdefault(other, set()).add(one)
    groups = {node: {near for near in around if near[0] == "group"} for node, around in neighbours.items()}
    reached: dict[Node, set[Place]] = {}
    for film in (node for node in neighbours if node[0] == "film"):
        patients = [node for node in neighbours[film] if node[0] == "patient"]
        near = {places[name] for _, name in groups[film].union(*(groups[patient] for patient in patients))}
        near.discard(_NOWHERE)
        if len(near) > 1 or film not in new:
            reached[film] = near
    waiting = list(reached)
    while waiting:
        node = waiting.pop()
        for other in neighbours[node]:
            if other not in reached and other[0] != "group" and not (other[0] == "patient" and groups[other]):
                reached[other] = reached[node]
                waiting.append(other)
    return reached


def _bridge_reason(places: set[Place]) -> str:
    names = " and ".join(sorted(" ".join(filter(None, place)).replace("_", "-") for place in places))
    return f"its patient or a near-duplicate is in {names}, so it can be in neither"


def _places(session: Session, groups: set[str]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for piece in pieces(groups):
        found = select(GroupRow.id, GroupRow.split, GroupRow.tune_half).where(GroupRow.id.in_(piece))
        places.update((group, (split, half)) for group, split, half in session.execute(found))
    return places


def regroup(session: Session, groups: Sequence[str]) -> None:
    """Makes one group of several: all their films go to the first."""
    if len(groups) > 1:
        moved = RadiographRow.group_id.in_(groups[1:])
        session.execute(update(RadiographRow).where(moved).values(group_id=groups[0]))


def _unplaced(session: Session) -> list[NewGroup]:
    """Groups without a split, by the labelled films in them."""
    rows = session.execute(
        select(GroupRow.id, VersionRow.finding, VersionRow.source)
        .join(RadiographRow, RadiographRow.group_id == GroupRow.id)
        .join(VersionRow, VersionRow.radiograph_id == RadiographRow.id)
        .where(GroupRow.split == "", VersionRow.finding != "", VersionRow.id.in_(current_versions()))
    )
    members: dict[str, list[tuple[str, str]]] = {}
    for group, finding, source in rows:
        members.setdefault(group, []).append((finding, source))
    return [
        NewGroup(group, _most_frequent(f for f, _ in told), _most_frequent(s for _, s in told), len(told))
        for group, told in members.items()
    ]


def _most_frequent(words: Iterable[str]) -> str:
    """The most frequent word; among equals the first in the alphabet."""
    counted = Counter(words)
    return min(counted, key=lambda word: (-counted[word], word))


def _tallies(session: Session) -> list[Tally]:
    keys = (VersionRow.finding, VersionRow.source, GroupRow.split, GroupRow.tune_half)
    rows = session.execute(
        select(*keys, func.count())
        .join(RadiographRow, RadiographRow.id == VersionRow.radiograph_id)
        .join(GroupRow, GroupRow.id == RadiographRow.group_id)
        .where(VersionRow.id.in_(current_versions()), VersionRow.finding != "", GroupRow.split != "")
        .group_by(*keys)
    )
    return [Tally(*row) for row in rows]
