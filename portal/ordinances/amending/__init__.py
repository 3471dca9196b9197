"""Amending sentences (제3조제2항 중 "A"를 "B"로 한다): reading them, applying them to a draft, and writing them."""
