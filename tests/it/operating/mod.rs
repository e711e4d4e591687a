//! What the operator runs and reads: commands, configuration, logs.

mod audit;
mod audit_details;
mod audit_instance;
mod audited_commands;
mod audited_routes;
mod clock;
mod config;
mod describe;
mod doctor;
mod fail2ban;
mod health;
mod json;
mod lists;
mod log_lines;
mod log_secrets;
mod metrics;
mod no_instance;
mod nox_address;
mod ownership;
mod reload;
mod rights;
mod secrets;
mod serve;
mod service_manager;
mod shown_once;
mod start;
