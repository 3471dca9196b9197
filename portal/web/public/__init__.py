"""What anyone reads. Of the areas it imports the publication only."""
