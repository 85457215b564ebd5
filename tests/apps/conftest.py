"""The apps below are looked at, never collected: some of them raise when they are imported."""

collect_ignore_glob = ["*"]
