"""Clinical and statistical calculations, one module per method; pure, tables are passed in."""
