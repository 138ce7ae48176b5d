//! A virtual clock, a seeded wire and simulated peers for scenes.
