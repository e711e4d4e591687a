//! Rate limits: guessing, enumeration of accounts, floods of logins, lockouts.

mod enumeration;
mod floods;
mod guessing;
mod lockouts;
mod password_links;
