"""Reusable pieces of the console: they know the model and the theme, not the screens."""
