"""The meaning of the system: the domain of chest radiographs, free of orchestration, tracking and serving."""
