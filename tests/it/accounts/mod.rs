//! Accounts: registration, changes by user and operator, search, deletion.

mod administrators;
mod confirmed_registration;
mod corrected_address;
mod credentials;
mod deletion;
mod editing;
mod email_address;
mod email_confirmation;
mod export;
mod fields;
mod forgetting;
mod guessable_passwords;
mod invitations;
mod listing;
mod lookup;
mod naming;
mod password_links;
mod reachable;
mod registration;
mod relations;
mod round_trips;
mod search;
mod texts;
mod user_commands;
mod user_set;
mod user_tag;
