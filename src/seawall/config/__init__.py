"""What the person pinned, as typed values with their origin: flags, the environment, the configuration file."""
