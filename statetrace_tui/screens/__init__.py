"""One module per screen. Screens do not know each other; the app moves between them by name."""
