//! Checks by program that the house is in order.
