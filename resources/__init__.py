"""Data only: reference tables, rules, profiles, questionnaires, wordings, icons."""
