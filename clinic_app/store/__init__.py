"""Tables, units of work, migrations and the intake file; the only room that knows SQLAlchemy."""
