//! The pages, as a browser without scripts sees them.

mod deletion;
mod form_faults;
mod forms;
mod profile;
mod serving;
