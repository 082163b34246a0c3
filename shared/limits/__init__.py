"""Limits of CPU time and memory for work on hostile input, in this process and in child
processes."""
