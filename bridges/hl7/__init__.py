"""HL7 version 2: tokenizer, site profiles, translators, acknowledgements, conformance."""
