"""What is true: pure clinical rules. Values in, findings with evidence out; no I/O but the tables."""
