"""Consultations: facts, comment periods, notice documents, and the phase that follows from them and the clock."""
