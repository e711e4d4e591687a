//! Rate limits: guessing, enumeration of accounts, floods of logins, lockouts.

mod bans;
mod enumeration;
mod floods;
mod guessing;
