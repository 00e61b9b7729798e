"""Qt models and view state that need no window."""
