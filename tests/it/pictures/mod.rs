//! Pictures of users.

mod forms;
mod serving;
mod uploads;
