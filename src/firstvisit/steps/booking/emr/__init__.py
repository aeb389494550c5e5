"""Ways in which a booked patient reaches the practice's EMR: HL7 over MLLP, CSV in a folder, a person's copy-card."""
