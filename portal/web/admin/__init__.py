"""Where consultations are made and staff are added."""
