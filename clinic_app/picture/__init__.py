"""One patient: facts to Picture, pure."""
