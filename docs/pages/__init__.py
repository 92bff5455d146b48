"""Pages that are made from the sources: a module a page, each with `page()`, its text."""
