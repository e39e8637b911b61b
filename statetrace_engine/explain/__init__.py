"""Pure. Why: ranked causes with itemised evidence, and the incidents that join outages of one cause."""
