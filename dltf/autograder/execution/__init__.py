"""Execution of untrusted code: fork server, protocol, sandbox, limits, and calling an answer."""
