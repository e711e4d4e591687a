//! The limit of a request: an actix-web server whose only handler returns a constant response.

use std::io::{Read, stdin};
use std::net::TcpListener;
use std::process::Command;

use actix_web::web::{Bytes, get};
use actix_web::{App, HttpResponse, HttpServer, rt};
use anyhow::{Context, Result};

use crate::server::Server;

/// Starts the server. It answers every request with this response.
pub fn start(answer: &[u8]) -> Result<Server> {
    Server::start(Command::new(std::env::current_exe()?).arg("bare"), answer)
}

/// Runs the server in this process: reads the response from stdin, and prints its address.
pub fn serve() -> Result<()> {
    let mut answer = String::new();
    stdin().read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("stdin is not a response")?;
    let body = Bytes::from(body.to_owned());
    // actix-web writes these headers itself.
    let is_copied = |name: &str| !["content-length", "date"].contains(&name);
    let headers: Vec<(String, String)> = (head.lines().filter_map(|line| line.split_once(": ")))
        .filter(|(name, _)| is_copied(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on http://{}", listener.local_addr()?);
    let server = HttpServer::new(move || {
        let body = body.clone();
        let headers = headers.clone();
        let handler = move || {
            let mut response = HttpResponse::Ok();
            for header in &headers {
                response.insert_header((header.0.as_str(), header.1.as_str()));
            }
            let response = response.body(body.clone());
            async { response }
        };
        App::new().route("/api/users/@me", get().to(handler))
    });
    Ok(rt::System::new().block_on(server.listen(listener)?.run())?)
}
