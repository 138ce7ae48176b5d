//! The frame every service stands on: layout, context, drive, journal.
