"""Composition root and the commands."""
