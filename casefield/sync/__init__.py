"""How it travels: messages, merge, the protocol's core (no I/O), transport and runner."""
