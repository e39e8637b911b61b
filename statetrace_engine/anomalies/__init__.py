"""Pure. Rules over what devices say; see `watch.Watch`."""
