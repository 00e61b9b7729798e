"""The window. The only room that knows Qt; it reaches people's records through `Desk` alone."""
