//! The executables: appliance and appliancectl.
