"""The machine around the program: paths, settings, secrets, clock, locks, logs, resources."""
