//! Functions that several fuzz targets use.

use std::fs;
use std::path::PathBuf;

use nox::config::Config;
use nox::domain::App;

/// A temporary folder for this process. `tests/fuzz` removes it.
pub fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("nox-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// An instance with these settings and with fast hashes.
pub fn app(settings: &str) -> App {
    let folder = folder().join("instance");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("nox.toml");
    fs::write(&file, format!("{settings}[password]\nmemory_kib = 1024\niterations = 1\n")).unwrap();
    App::open(Config::load(Some(&file), std::iter::empty()).unwrap()).unwrap()
}
