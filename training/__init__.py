"""How the models that the project ships were trained: not needed at run time."""
