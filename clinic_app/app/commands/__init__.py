"""One module per command, each with `describe`, `add_arguments` and `run`; loaded only when it is called."""
