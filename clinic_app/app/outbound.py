"""What goes back to the EHR: builders and sender, from the home's settings and site profile."""

WRITER = "bridge"
