"""Who may do what on which board."""
