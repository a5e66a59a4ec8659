"""Clinical and statistical calculations, one module per method. Pure: tables are passed in, no file is read."""
