"""The synthetic clinic: generator, writer of its messages, and the process that really sends them.

Nobody in it exists. It knows neither translators, services nor store: what it makes reaches the clinic only
over MLLP and the portal's FHIR API, like any other sender's.
"""
