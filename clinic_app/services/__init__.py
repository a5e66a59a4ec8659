"""The use cases and the one authorisation gate that every read and write passes."""
