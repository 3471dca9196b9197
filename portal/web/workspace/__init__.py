"""The workspace: where organisations write, file and follow their submissions."""
