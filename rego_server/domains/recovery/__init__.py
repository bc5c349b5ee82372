"""Getting back in, and showing that an e-mail address is one's own."""
