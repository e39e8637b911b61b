"""Pure. Model → lines of (text, role) spans; a theme turns roles into styles. No widget, no clock."""
