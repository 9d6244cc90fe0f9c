"""Assignments: what an author declares, how a folder is read, how answers are stubbed."""
