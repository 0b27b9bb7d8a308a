"""The gradebook: results of several assignments and exam marks, joined by stated rules."""
