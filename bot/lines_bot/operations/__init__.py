"""The one door through which anything is changed in Lines, what each change consists of, and its record."""
