"""A classifier cut where fine-tuning begins: the parts answer as the whole, and a fit of the upper part is the same."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from small_net import QUICK, films

from radiographs.network import classifier, cutting, epochs, stages
from radiographs.network.classifier import Classifier
from radiographs.network.fit_settings import FineTuning
from radiographs.network.heads import HeadSettings
from tests import lively_nets

SIDE = 32
SETTINGS = dataclasses.replace(QUICK, fine_tuning=FineTuning(groups=2, epochs=1, learning_rate=1e-3))


def net(name: str = "MobileNet(0.25)", side_px: int = SIDE) -> Classifier:
    return lively_nets.lively(name, side_px)


@pytest.mark.parametrize(("name", "unfrozen"), [("MobileNet(0.25)", 1), ("MobileNetV2(0.35)", 2), ("VGG16", 1)])
def test_the_two_parts_answer_as_the_whole(name: str, unfrozen: int) -> None:
    built = net(name)
    cut = cutting.at(built, unfrozen)
    assert cut is not None
    shown = lively_nets.films(4, SIDE).astype(np.float32)
    whole = np.asarray(built.model(shown, training=False))
    np.testing.assert_allclose(cut.above(cut.below(shown)), whole, rtol=1e-5, atol=1e-5)
    assert np.ptp(whole, axis=0).min() > 1e-3


def test_the_upper_part_holds_what_is_unfrozen_and_the_head_and_no_more() -> None:
    built = net()
    stages.unfreeze(built, stages.Stage("fine-tuning 2", 2))
    cut = cutting.at(built, 2)
    assert cut is not None
    assert {id(weight) for weight in cut.above.trainable_weights} == {
        id(weight) for weight in built.model.trainable_weights
    }
    assert not cut.below.trainable_weights


def test_a_network_is_not_cut_where_everything_is_unfrozen_or_nothing_is_frozen() -> None:
    built = net()
    assert cutting.at(built, len(built.layer_groups)) is None
    assert cutting.at(classifier.build("LeNet-5", SIDE, "none", 2, HeadSettings(), 0), 1) is None
    assert cutting.at(built, len(built.layer_groups) - 1) is not None


def test_fitting_the_upper_part_alone_ends_as_fitting_on_films() -> None:
    train, select = films(64, 0), films(32, 1)
    rows = [epochs.LabelledRows(part.reader, part.labels) for part in (train, select)]
    ends = []
    for whole in (True, False):
        built = classifier.build("MobileNet(0.25)", SIDE, "none", 2, HeadSettings(units=(8,), dropout=0.0), 3)
        stage = stages.Stage("fine-tuning 1", 1)
        stages.unfreeze(built, stage)
        plan = dataclasses.replace(stages.plan(built, stage, SETTINGS, seed=1, batch=16), beats_start=False)
        if whole:
            history = epochs.run(built.model, built.model, *rows, plan, lambda figures: None)
        else:
            cut = cutting.at(built, 1)
            assert cut is not None
            with cutting.kept(cut, *rows, None) as kept:
                assert kept is not None
                history = epochs.run(cut.above, cut.above, *kept, plan, lambda figures: None)
        ends.append((history.epochs[-1].tune_loss, np.asarray(built.model(train.reader[:8].astype(np.float32)))))
    assert ends[0][0] == pytest.approx(ends[1][0], rel=1e-4)
    np.testing.assert_allclose(ends[0][1], ends[1][1], rtol=1e-3, atol=1e-4)


def test_outputs_that_would_take_too_much_room_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    built = net()
    cut = cutting.at(built, 1)
    rows = epochs.LabelledRows(films(8, 0).reader, films(8, 0).labels)
    monkeypatch.setattr(cutting, "MOST_BYTES", 16 * 4 * int(np.prod(cut.below.output_shape[1:])) - 1)
    with cutting.kept(cut, rows, rows, None) as kept:
        assert kept is None
    monkeypatch.setattr(cutting, "MOST_BYTES", cutting.MOST_BYTES + 1)
    with cutting.kept(cut, rows, rows, None) as kept:
        assert kept is not None and len(kept[0].rows) == 8


def test_what_was_kept_leaves_no_file_open_and_none_behind(tmp_path: Path) -> None:
    cut, shown = cutting.at(net(), 1), films(8, 0)
    rows = epochs.LabelledRows(shown.reader, shown.labels)
    with cutting.kept(cut, rows, rows, tmp_path / "fit") as kept:
        assert np.isfinite(kept[0].rows[np.arange(8)]).all()
        assert list(tmp_path.glob("fit/below-*/train.npy"))
    assert kept[0].labels is rows.labels  # still held here, as a fitted model may hold it
    assert not [link for link in Path("/proc/self/fd").iterdir() if "below-" in str(link.resolve())]
    assert list((tmp_path / "fit").iterdir()) == []
