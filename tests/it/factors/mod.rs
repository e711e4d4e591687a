//! Second factors: enabling, disabling, codes, rate limits, and attempts to bypass them.

mod bypass;
mod challenges;
mod clock_skew;
mod email;
mod email_codes;
mod email_sending;
mod enrolment;
mod labels;
mod limits;
mod operator_codes;
mod recovery;
mod totp;
mod totp_commands;
