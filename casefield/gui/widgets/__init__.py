"""The handful of controls of our own that pages are built from."""
