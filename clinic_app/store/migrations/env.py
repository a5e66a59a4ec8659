"""Runs the steps on the connection that `clinic_app.store.schema` hands over, inside its one transaction."""

from alembic import context

from clinic_app.store.tables import metadata

# Our own transaction is open already (BEGIN IMMEDIATE): Alembic must neither begin nor end one.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False
)
context.run_migrations()
