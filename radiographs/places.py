"""Where each kind of state lies under RADIOGRAPHS_HOME."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """Folders and files under one root; nothing here touches the disk."""

    root: Path

    @property
    def originals(self) -> Path:
        return self.root / "originals"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def identified(self) -> Path:
        """Files as they came, with identity; written only where a setting asks for it."""
        return self.root / "identified"

    @property
    def batches(self) -> Path:
        return self.root / "batches"

    @property
    def key_file(self) -> Path:
        """The secret behind pseudonyms and file digests."""
        return self.root / "pseudonym.key"

    @property
    def cohorts(self) -> Path:
        return self.root / "cohorts"

    @property
    def pixels(self) -> Path:
        return self.root / "stores" / "pixels"

    @property
    def features(self) -> Path:
        return self.root / "stores" / "features"

    @property
    def graphs(self) -> Path:
        """Compiled frozen backbones that fill the feature store."""
        return self.root / "stores" / "graphs"

    @property
    def tuning(self) -> Path:
        return self.root / "tuning"

    @property
    def fitted(self) -> Path:
        """Keras's weights of each bundle, for a later fit to start from."""
        return self.root / "stores" / "fitted"

    @property
    def bundles(self) -> Path:
        return self.root / "bundles"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def batch_reports(self) -> Path:
        return self.reports / "batches"

    @property
    def data_docs(self) -> Path:
        return self.reports / "data_docs"

    @property
    def artifacts(self) -> Path:
        """MLflow's artifacts."""
        return self.root / "mlflow" / "artifacts"

    @property
    def prefect(self) -> Path:
        return self.root / "prefect"

    @property
    def bentoml(self) -> Path:
        return self.root / "bentoml"
