//! The pages, as a browser without scripts sees them.

mod codes;
mod deletion;
mod form_faults;
mod forms;
mod profile;
mod refusals;
mod serving;
