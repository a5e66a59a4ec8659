"""Runs the embedded portal as a process of its own."""
