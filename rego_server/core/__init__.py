"""What every domain stands on: settings, databases, the unit of work, the event log, ranking. Knows no domain and no HTTP."""
