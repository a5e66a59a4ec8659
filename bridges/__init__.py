"""Translators and protocol ends between the clinic's systems and Common Ground's values."""
