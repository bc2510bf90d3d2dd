"""The way in: a delivery is inspected, judged elsewhere, and enrolled."""

from __future__ import annotations

from radiographs.records.batchfile import InspectedBatch
from radiographs.records.enrolment import AdmissionSummary, enrol
from radiographs.records.identity import read_or_make_key
from radiographs.records.inspection import inspect

__all__ = ["AdmissionSummary", "InspectedBatch", "enrol", "inspect", "read_or_make_key"]
