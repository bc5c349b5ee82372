"""Widgets that draw wire structs and report by messages; they know neither the store nor the SDK."""
