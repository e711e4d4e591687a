//! The type of a picture, recognized by its content.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nox::domain::App;
use nox::domain::pictures::{PictureKind, recognize};

static APP: LazyLock<App> = LazyLock::new(|| nox_fuzz::app(""));

fuzz_target!(|content: &[u8]| {
    if let Ok(picture) = recognize(&APP, PictureKind::Banner, content.to_vec()) {
        assert!(picture.media_type.starts_with("image/") && picture.content == content);
    }
});
