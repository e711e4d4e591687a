//! The two checks, tried with the vectors of the standard and by an authenticator that can say
//! anything.

mod assertions;
mod authenticator;
mod flips;
mod forms;
mod keys;
mod registrations;
mod vectors;
