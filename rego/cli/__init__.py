"""The `rego` command. Nothing here is loaded before it is needed: `main` is the entry, `root` the table of commands."""
