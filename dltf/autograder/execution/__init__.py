"""Execution of untrusted code: fork server, protocol, sandbox and resource limits."""
