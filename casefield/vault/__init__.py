"""Where it is kept: keys, the encrypted database, the unit of work, the audit chain."""
