//! The limit of a request: an actix-web server whose only handler returns a constant.

use std::io::{Read, stdin};
use std::net::TcpListener;
use std::process::Command;

use actix_web::web::{Bytes, get};
use actix_web::{App, HttpResponse, HttpServer, rt};
use anyhow::{Context, Result};

use crate::server::Server;

/// Starts one that answers as this answer does, from its head to the end of its body.
pub fn start(answer: &[u8]) -> Result<Server> {
    Server::start(Command::new(std::env::current_exe()?).arg("bare"), answer)
}

/// Is one: reads the answer from stdin, and prints where it listens.
pub fn serve() -> Result<()> {
    let mut answer = String::new();
    stdin().read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    let body = Bytes::from(body.to_owned());
    // The library writes these by itself.
    let own = |name: &str| !["content-length", "date"].contains(&name);
    let headers: Vec<(String, String)> = (head.lines().filter_map(|line| line.split_once(": ")))
        .filter(|(name, _)| own(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on http://{}", listener.local_addr()?);
    let server = HttpServer::new(move || {
        let (body, headers) = (body.clone(), headers.clone());
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
