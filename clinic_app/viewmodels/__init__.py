"""Screen state without Qt; what the user does becomes a call of a service."""
