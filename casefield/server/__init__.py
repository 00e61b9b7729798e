"""Headquarters: takes operations, orders them, gives everyone in scope the result."""
