"""Personal tokens: credentials for scripts."""
