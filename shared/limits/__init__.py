"""Limits of CPU time and memory for hostile input, in this process and in child processes."""
