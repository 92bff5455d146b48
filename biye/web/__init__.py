"""The web application: the student's question, labels, and the people who hold packages (N9, N5, G2)."""
