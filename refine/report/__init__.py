"""What a journal says, for people and for programs: histories, lineages, tables. Reads facts; needs no task."""
