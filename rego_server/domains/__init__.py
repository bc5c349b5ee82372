"""The domains: one folder for each noun, all with the same file names (models, queries, rules or policy, actions, routes)."""
