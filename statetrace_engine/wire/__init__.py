"""Pure. Bytes → messages; knows no vendor and no route."""
