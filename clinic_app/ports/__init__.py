"""Protocols of what services need from outside."""
