"""Composition root and the commands: builds the parts, wires them, runs one command."""

from clinic_app.app.cli import main

__all__ = ["main"]
