//! The pages, as a browser without scripts sees them.

mod activity;
mod audited;
mod codes;
mod deletion;
mod export;
mod form_apps;
mod form_faults;
mod form_table;
mod forms;
mod language_links;
mod passkey_codes;
mod passkey_step;
mod passkeys;
mod picture;
mod places;
mod profile;
mod refusals;
mod registration;
mod repeats;
mod reset;
mod reset_links;
mod serving;
mod username;
mod ways_in;
