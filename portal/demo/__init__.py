"""The demonstration: a script of acts done through the services, with its data."""
