"""What every area stands on: database, unit of work, clock, errors, actor, messages, text. Knows no area and no web."""
