"""Documentation: pages written by hand, and those that are made from the sources (docs/pages)."""
