"""The portal client: paging and translation of FHIR resources without I/O."""
