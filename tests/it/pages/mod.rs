//! The pages, as a browser without scripts sees them.

mod deletion;
mod forms;
mod profile;
mod serving;
