//! Second factors: how they are switched on and off, and that nothing leads around them.

mod bypass;
mod challenges;
mod clock_skew;
mod email;
mod email_codes;
mod email_sending;
mod enrolment;
mod limits;
mod operator_codes;
mod recovery;
mod totp;
mod totp_commands;
