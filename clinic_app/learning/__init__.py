"""Measures over many patients: reserved for charts of care and consented extracts."""
