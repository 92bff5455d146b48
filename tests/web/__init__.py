"""The web application over HTTP and in a real browser."""
