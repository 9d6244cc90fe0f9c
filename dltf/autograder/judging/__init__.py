"""Judging: implementations are observed on the cases, and judges compare the observations."""
