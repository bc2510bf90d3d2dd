"""Fitting a classifier in stages: the head on stored features, then the top of the backbone, or all from scratch."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from radiographs.network import augmentation, cutting, epochs, head_fitting, memory, precision, stages
from radiographs.network import checkpoints as boundaries
from radiographs.network.batches import LabelledRows
from radiographs.network.classifier import Classifier
from radiographs.network.epochs import EpochFigures, FitHistory, Plan
from radiographs.network.fit_settings import Augmentation, FineTuning, FitSettings
from radiographs.network.labelled import Labelled, LabelledFeatures, LabelledPixels, TrainingData
from radiographs.network.rates import Rates
from radiographs.network.stages import FINE_TUNING, FROM_SCRATCH, HEAD, Stage

if TYPE_CHECKING:
    import keras

__all__ = [
    "FINE_TUNING", "FROM_SCRATCH", "HEAD", "Augmentation", "EpochFigures", "FineTuning", "FitHistory", "FitSettings",
    "Labelled", "LabelledFeatures", "LabelledPixels", "TrainingData", "fit", "fit_head", "fit_head_model", "fit_whole",
]  # fmt: skip

_log = logging.getLogger(__name__)


def fit(
    classifier: Classifier,
    data: TrainingData,
    settings: FitSettings,
    *,
    checkpoints: Path | None = None,
    initial: Path | None = None,
    on_epoch: Callable[[EpochFigures], None] = lambda figures: None,
    on_stage: Callable[[str], None] = lambda stage: None,
) -> FitHistory:
    """Fits a classifier, in place: head, then one stage for each group unfrozen; or from scratch.

    A fine-tuning stage is kept only if it has a lower tune loss than what it began with. Out of memory halves the
    batch, says so and begins the stage again.

    Args:
        classifier: as built, with the weights that its backbone came with.
        data: the films.
        settings: how.
        checkpoints: where weights and figures are kept at the end of each stage; a fit that was killed, called
            again with the same arguments, goes on at its last such boundary and ends as an unbroken one.
        initial: weights of a fitted classifier (`checkpoints.save_weights`) to start from, for head and backbone.
        on_epoch: called after each epoch, those taken up from a boundary included.
        on_stage: called with a stage's name at its end, when the classifier has the weights that it left.

    Raises:
        TrainingDiverged: the loss became infinite or undefined; the last good weights are kept.
        WeightsUnavailable, WeightsMismatch: `initial` is absent or of another architecture.
    """
    if initial is not None:
        boundaries.load_weights(classifier, initial)
    threads = boundaries.threads_in_use()
    folder = _folder(checkpoints, classifier, data, settings, threads)
    history = FitHistory((), batch=settings.batch, threads=threads)
    for number, stage in enumerate(stages.of(classifier, settings, warm=initial is not None), start=1):
        found = None if folder is None else boundaries.load_boundary(folder, number, classifier)
        if found is None:
            fresh = initial is None
            history = _stage(
                classifier, data, settings, stage, history, fresh=fresh, folder=checkpoints, on_epoch=on_epoch
            )
            if folder is not None:
                boundaries.save_boundary(folder, number, classifier, history)
        else:
            for figures in found.epochs[len(history.epochs) :]:
                on_epoch(figures)
            history = found
        on_stage(stage.name)
    return history


def fit_head(
    classifier: Classifier,
    train: LabelledFeatures,
    select: LabelledFeatures,
    settings: FitSettings,
    on_epoch: Callable[[EpochFigures], None] = lambda figures: None,
) -> FitHistory:
    """Fits the head on stored features, in place, and leaves the best epoch's weights.

    Raises:
        ValueError: the backbone has no frozen stage.
        TrainingDiverged: the loss became infinite or undefined.
    """
    if classifier.head_model is None:
        raise ValueError(f"{classifier.backbone} has no frozen stage: fit it whole")
    plan = stages.plan(classifier, Stage(HEAD, 0), settings, seed=settings.seed, batch=settings.head_batch)
    rows, watched = LabelledRows(train.values, train.labels), LabelledRows(select.values, select.labels)
    return head_fitting.run(classifier.head_model, rows, watched, plan, on_epoch)


def fit_head_model(
    head_model: keras.Model,
    learning_rate: float,
    train: LabelledFeatures,
    select: LabelledFeatures,
    settings: FitSettings,
    on_epoch: Callable[[EpochFigures], None] = lambda figures: None,
    *,
    label_smoothing: float = 0.0,
) -> FitHistory:
    """Fits a head that stands alone: pooled (B, d) float32 to logits; otherwise as `fit_head`."""
    plan = Plan(
        HEAD,
        settings.epochs,
        settings.head_batch,
        settings.patience,
        Rates(learning_rate),
        settings.seed,
        settings.balance,
        label_smoothing=label_smoothing,
    )
    rows, watched = LabelledRows(train.values, train.labels), LabelledRows(select.values, select.labels)
    return head_fitting.run(head_model, rows, watched, plan, on_epoch)


def fit_whole(
    classifier: Classifier,
    train: LabelledPixels,
    select: LabelledPixels,
    settings: FitSettings,
    *,
    stage: Literal["fine-tuning", "from scratch"],
    on_epoch: Callable[[EpochFigures], None] = lambda figures: None,
) -> FitHistory:
    """Fits on pixels, in place: everything from scratch, or the stages of fine-tuning after `fit_head`.

    Raises:
        ValueError: fine-tuning is asked for where the backbone has no frozen stage.
        TrainingDiverged: the loss became infinite or undefined; the last good weights are kept.
    """
    if stage == FINE_TUNING and classifier.features is None:
        raise ValueError(f"{classifier.backbone} has no frozen stage: there is nothing to unfreeze")
    data = TrainingData(Labelled(train.reader, train.labels), Labelled(select.reader, select.labels))
    history = FitHistory((), batch=settings.batch, threads=boundaries.threads_in_use())
    planned = [one for one in stages.of(classifier, settings) if not one.is_head]
    for one in planned:
        history = _stage(classifier, data, settings, one, history, fresh=True, on_epoch=on_epoch)
    return history


def _folder(
    parent: Path | None, classifier: Classifier, data: TrainingData, settings: FitSettings, threads: int
) -> Path | None:
    """Where the boundaries of exactly this fit lie."""
    if parent is None:
        return None
    begun = boundaries.digest_of(classifier.model.get_weights())
    head = dataclasses.asdict(classifier.head)
    parts = [classifier.backbone, classifier.side_px, head, begun, dataclasses.asdict(settings), threads]
    return parent / boundaries.name_of(parts, data.train.films, data.select.films)


def _stage(
    classifier: Classifier,
    data: TrainingData,
    settings: FitSettings,
    stage: Stage,
    before: FitHistory,
    *,
    fresh: bool,
    folder: Path | None = None,
    on_epoch: Callable[[EpochFigures], None],
) -> FitHistory:
    """Runs one stage; out of memory halves the batch and begins it again."""
    stored = stage.is_head and fresh and data.train.features is not None
    batch, notes = (settings.head_batch if stored else before.batch), before.notes
    start = classifier.model.get_weights()
    while True:
        try:
            done = _run(classifier, data, settings, stage, batch, stored=stored, folder=folder, on_epoch=on_epoch)
            break
        except Exception as error:
            if not memory.ran_out(error) or batch == 1:
                raise
        batch //= 2
        classifier.model.set_weights(start)
        notes = (*notes, f"{stage.name}: out of memory: batch halved to {batch}")
        _log.warning(notes[-1])
    kept = len(before.epochs) + done.best_epoch if done.best_epoch else before.best_epoch
    return FitHistory(
        epochs=(*before.epochs, *done.epochs),
        best_epoch=kept,
        stages=(*before.stages, *done.stages),
        batch=before.batch if stored else batch,
        threads=before.threads,
        notes=notes,
    )


def _run(
    classifier: Classifier,
    data: TrainingData,
    settings: FitSettings,
    stage: Stage,
    batch: int,
    *,
    stored: bool,
    folder: Path | None,
    on_epoch: Callable[[EpochFigures], None],
) -> FitHistory:
    stages.unfreeze(classifier, stage)
    seed = settings.seed + (stage.unfrozen or 0)  # each stage has an order of films of its own
    plan = stages.plan(classifier, stage, settings, seed=seed, batch=batch, on_pixels=not stored)
    if stored:
        return head_fitting.run(classifier.head_model, _features(data.train), _features(data.select), plan, on_epoch)
    fitted, unchanged = classifier.model, settings.augmentation is None and not settings.mixed_precision
    cut = cutting.at(classifier, stage.unfrozen) if unchanged and stage.unfrozen else None
    if cut is not None:
        # What lies below the cut says the same of a film in every epoch, so it is asked once.
        with cutting.kept(cut, data.train.films, data.select.films, folder) as rows:
            if rows is not None:
                return epochs.run(cut.above, cut.above, *rows, plan, on_epoch)
    if settings.augmentation is not None:
        fitted = augmentation.before(fitted, classifier.side_px, settings.augmentation, plan.seed)
    with precision.mixed(classifier.model, settings.mixed_precision):
        return epochs.run(fitted, classifier.model, data.train.films, data.select.films, plan, on_epoch)


def _features(labelled: Labelled) -> LabelledRows:
    if labelled.features is None:
        raise ValueError("expected features of tune/select too, since those of train are given")
    return LabelledRows(labelled.features, labelled.labels, labelled.sources)
