//! Which floor may use which, and on which one a library lives.

use super::built;
use super::references::references;

/// From below to above.
const FLOORS: [&str; 4] = ["storage", "domain", "http", "cli"];
/// The files of `cli` that may use `http`.
const SERVING: [&str; 4] =
    ["src/cli/serve.rs", "src/cli/reload.rs", "src/cli/config.rs", "src/cli/mod.rs"];

fn may_use(path: &str, module: &str, floor: &str) -> bool {
    let height = |name: &str| FLOORS.iter().position(|floor| *floor == name);
    match module {
        "" | "main" => true,
        "cli" if floor == "http" => SERVING.contains(&path),
        "http" | "cli" if floor == "storage" => false,
        module => height(floor) <= height(module),
    }
}

#[test]
fn modules_use_only_the_floors_below_them() {
    for source in built() {
        assert!(!source.text.contains("crate::{"), "{} hides whom it uses", source.path);
        let named = references(&source);
        for floor in FLOORS {
            let uses = named.iter().any(|path| path.first().is_some_and(|first| first == floor))
                || source.text.contains(&format!("nox::{floor}"));
            let may = may_use(&source.path, &source.floor(), floor);
            assert!(may || !uses, "{} uses {floor}", source.path);
        }
    }
}

#[test]
fn libraries_are_used_only_on_their_floor() {
    let homes = [
        ("clap", &["cli", "main"][..]),
        ("actix_web", &["http"]),
        ("actix_http", &["http"]),
        ("actix_server", &["http"]),
        ("actix_service", &["http"]),
        ("serde_json", &["http", "cli"]),
        ("argon2", &["domain"]),
        ("totp_rs", &["domain"]),
        ("rusqlite", &["storage"]),
        ("r2d2", &["storage"]),
        ("toml", &["config"]),
        ("anyhow", &["cli"]),
        ("qrcode", &["qr"]),
        ("lettre", &["domain"]),
        ("rustls", &["domain"]),
        ("x509_cert", &["domain"]),
        ("minicbor", &["domain"]),
        ("ring", &["domain"]),
        ("askama", &["domain", "http"]),
        ("actix_multipart", &["http"]),
        ("flate2", &["http"]),
        ("listenfd", &["http"]),
        ("sd_notify", &["http"]),
        ("utoipa", &["http"]),
        ("tikv_jemallocator", &["main"]),
    ];
    for source in built() {
        let floor = source.floor();
        for (library, homes) in homes {
            let name = format!("{library}::");
            let uses = source.text.match_indices(&name).any(|(at, _)| {
                // `String::` names no library `ring`.
                !source.text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
            });
            // JSON, wherever it is made or read: a token, the changes in the audit log, what a
            // browser says of a passkey, which is signed byte by byte, and columns of a dump.
            let is_json = [
                "src/domain/token.rs",
                "src/domain/audit/",
                "src/domain/passkeys/verifier/client_data.rs",
                "src/domain/import/values/",
            ]
            .iter()
            .any(|path| library == "serde_json" && source.path.starts_with(path));
            let may = is_json || homes.contains(&floor.as_str());
            assert!(may || !uses, "{} uses {library}", source.path);
        }
    }
}
