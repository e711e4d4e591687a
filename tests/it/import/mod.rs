//! `nox import`: moving in from a Node.js server with PostgreSQL.

mod arriving;
mod bans;
mod factors;
mod forged;
mod killed;
mod memory;
mod moving;
mod options;
mod people;
mod pictures;
mod postgres;
mod refused_rows;
mod shapes;
