"""The Rego server: one write path, one event log a board, any number of live clients."""
