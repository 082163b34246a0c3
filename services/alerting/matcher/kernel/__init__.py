"""What is compiled: loops over arrays, written in the part of Python that numba turns into machine code. Types are numba's to infer."""
