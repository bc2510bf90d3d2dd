"""The way in: a delivery is inspected, judged elsewhere, and enrolled."""

from __future__ import annotations

from radiographs.records.batchfile import InspectedBatch
from radiographs.records.enrolment import AdmissionSummary, enrol
from radiographs.records.inspection import inspect
from radiographs.records.opening import Workplace

__all__ = ["AdmissionSummary", "InspectedBatch", "Workplace", "enrol", "inspect"]
