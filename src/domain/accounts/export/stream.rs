//! Parts of the document that are read from the database while they are written.
//!
//! A serializer takes no error of the database. So such an error is kept, the rest of the part is
//! left out, and the export fails with it in the end.

use std::cell::RefCell;
use std::fmt::{self, Display};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::domain::App;
use crate::domain::pictures;
use crate::error::{Error, Result};
use crate::storage::pictures::Picture;

/// The first error of the database.
#[derive(Default)]
pub(super) struct Fault(RefCell<Option<Error>>);

impl Fault {
    fn keep(&self, read: Result<()>) {
        if let Err(error) = read {
            self.0.borrow_mut().get_or_insert(error);
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        self.0.take().map_or(Ok(()), Err)
    }
}

type Read<'a, T> = dyn Fn(&mut dyn FnMut(T)) -> Result<()> + 'a;

/// A list whose items are read one after the other.
pub(super) struct Streamed<'a, T> {
    read: &'a Read<'a, T>,
    fault: &'a Fault,
}

impl<'a, T> Streamed<'a, T> {
    pub(super) fn new(read: &'a Read<'a, T>, fault: &'a Fault) -> Self {
        Self { read, fault }
    }
}

impl<T: Serialize> Serialize for Streamed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut written = Ok(());
        let read = (self.read)(&mut |item| {
            if written.is_ok() {
                written = list.serialize_element(&item);
            }
        });
        self.fault.keep(read);
        written?;
        list.end()
    }
}

/// The content of a picture in base64.
pub(super) struct Content<'a> {
    app: &'a App,
    picture: Picture,
    fault: &'a Fault,
}

// Each part but the last is encoded without padding, so that all of them are one text.
const _: () = assert!(pictures::PART.is_multiple_of(3));

impl<'a> Content<'a> {
    pub(super) fn new(app: &'a App, picture: Picture, fault: &'a Fault) -> Self {
        Self { app, picture, fault }
    }
}

impl Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for start in (0..self.picture.length as usize).step_by(pictures::PART) {
            match pictures::read(self.app, &self.picture, start) {
                Ok(part) => f.write_str(&BASE64_STANDARD.encode(part))?,
                Err(error) => {
                    self.fault.keep(Err(error));
                    break;
                }
            }
        }
        Ok(())
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
