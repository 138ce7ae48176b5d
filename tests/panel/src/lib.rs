//! The front panel's machine and its real driver before the virtual glass of `qemu`: what a person
//! sees is read off the emulated HD44780, and what is pressed goes through the emulated port. All of
//! it is in `tests`.
