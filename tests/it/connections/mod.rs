//! Connections and what comes on them, whatever the endpoint.

mod bodies;
mod cors;
mod descriptors;
mod forwarded;
mod framing;
mod hostile_requests;
mod options;
mod slow_clients;
mod timeouts;
mod unix_socket;
