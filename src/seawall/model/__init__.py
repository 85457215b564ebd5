"""What things are: values, facts, the stack and the decisions that led to it. Pure."""
