"""Places to run; one file or folder each. Pure."""
