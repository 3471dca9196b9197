"""Ministries with their staff, organisations with their members."""
