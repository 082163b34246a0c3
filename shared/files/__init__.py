"""Files that people edit: YAML with positions, watched and reloaded."""
