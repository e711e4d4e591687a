//! Logging in.

mod demanded_factor;
mod fields;
mod imported;
mod password;
mod second_factor;
mod set_up_safety;
