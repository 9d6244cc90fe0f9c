"""Assignments: declarations, loading from a folder, rewriting and stubbing of the reference."""
