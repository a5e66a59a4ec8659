"""The embedded portal: a small FHIR R4 server and the patient's web pages."""
