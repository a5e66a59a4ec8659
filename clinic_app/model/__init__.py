"""Frozen, self-validating values and the error families."""
