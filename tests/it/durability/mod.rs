//! What is left when something breaks.

mod backup;
mod contention;
mod full_disk;
mod key;
mod lost_disk;
mod upgrade;
mod writes;
