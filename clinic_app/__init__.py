"""Common Ground: one screen for a person with cystic fibrosis and their clinician."""
