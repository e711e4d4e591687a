//! `nox import`: moving in from a Node.js server with PostgreSQL.

#![expect(dead_code, reason = "the tests that use the rest follow")]

mod arriving;
mod people;
mod postgres;
mod shapes;
