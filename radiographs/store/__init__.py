"""Content-keyed, append-only, memory-mapped arrays that a retrain computes only once."""
