//! Rate limits, and what cannot be learnt or used up by trying.

mod bans;
mod enumeration;
mod floods;
mod guessing;
