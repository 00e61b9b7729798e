"""What is true: pure clinical rules. Values in, findings with evidence out."""
