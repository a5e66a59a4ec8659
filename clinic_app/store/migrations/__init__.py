"""Alembic steps of the main store."""
