"""Facts and configuration become the stack and its decisions; one file per question. Pure."""
