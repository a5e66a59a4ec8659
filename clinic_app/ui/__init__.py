"""The only Qt code: widgets that get their view-model in the constructor."""
