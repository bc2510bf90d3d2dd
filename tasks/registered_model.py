"""The file that MLflow runs to load `models:/radiographs@champion`: the bundle behind MLflow's predict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd  # MLflow resolves the hints of predict when it loads this file
from mlflow.pyfunc import PythonModel, PythonModelContext

from radiographs.errors import Refusal
from radiographs.runtime.bundle import Bundle


class RegisteredClassifier(PythonModel):
    """Answers grey films of any size with the scores of the bundle, in the bundle's precision."""

    def load_context(self, context: PythonModelContext) -> None:
        self.bundle = Bundle.load(Path(context.artifacts["bundle"]))

    def predict(
        self, context: PythonModelContext, model_input: np.ndarray, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """Scores films.

        Args:
            context: unused; the bundle was loaded once.
            model_input: (n, height, width) uint8, 0 = air, 255 = bone; any height and width.
            params: none are known.

        Returns:
            One row a film, one column a finding, each row summing to 1.

        Raises:
            Refusal: the array is of another type or shape.
        """
        films = np.asarray(model_input)
        if films.ndim != 3 or films.dtype != np.uint8:
            raise Refusal(f"expected grey films as (n, height, width) uint8, got {films.dtype} {films.shape}")
        scores = [self.bundle.answer(film).scores for film in films]
        return pd.DataFrame(np.stack(scores).astype(np.float64), columns=list(self.bundle.manifest.findings.names))


mlflow.models.set_model(RegisteredClassifier())  # MLflow's models-from-code asks for this line; nothing is pickled
