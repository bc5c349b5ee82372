"""What superusers do with accounts."""
