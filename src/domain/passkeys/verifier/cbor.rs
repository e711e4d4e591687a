//! CBOR (RFC 8949) as authenticators write it: each length is given in advance, no key comes
//! twice, nothing is tagged, and little is nested (CTAP 2.1, 8: at most four levels).

use std::collections::BTreeMap;

use minicbor::Decoder;
use minicbor::data::Type;

use super::Unfit;

/// More than any authenticator nests, and few enough for the stack.
const MAX_DEPTH: u8 = 8;

/// The key of an entry. Authenticators use no others.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key<'a> {
    Number(i64),
    Text(&'a str),
}

/// The entries of a map. A value is the bytes of one well-formed item.
pub(super) type Map<'a> = BTreeMap<Key<'a>, &'a [u8]>;

/// Reads a map that is followed by nothing.
pub(super) fn map(bytes: &[u8]) -> Result<Map<'_>, Unfit> {
    let mut decoder = Decoder::new(bytes);
    let map = read_map(&mut decoder, MAX_DEPTH)?;
    if decoder.position() == bytes.len() { Ok(map) } else { Err(Unfit::Cbor) }
}

/// Splits bytes behind the map that they begin with.
pub(super) fn split_map(bytes: &[u8]) -> Result<(&[u8], &[u8]), Unfit> {
    let mut decoder = Decoder::new(bytes);
    read_map(&mut decoder, MAX_DEPTH)?;
    Ok(bytes.split_at(decoder.position()))
}

/// The number that an item is.
pub(super) fn number(item: &[u8]) -> Option<i64> {
    Decoder::new(item).i64().ok()
}

/// The byte string that an item is.
pub(super) fn byte_string(item: &[u8]) -> Option<&[u8]> {
    Decoder::new(item).bytes().ok()
}

fn read_map<'a>(decoder: &mut Decoder<'a>, depth: u8) -> Result<Map<'a>, Unfit> {
    let mut map = Map::new();
    for _ in 0..decoder.map()?.ok_or(Unfit::Cbor)? {
        let key = match decoder.datatype()? {
            Type::String => Key::Text(decoder.str()?),
            _ => Key::Number(decoder.i64()?),
        };
        if map.insert(key, read_item(decoder, depth)?).is_some() {
            return Err(Unfit::Cbor);
        }
    }
    Ok(map)
}

fn read_item<'a>(decoder: &mut Decoder<'a>, depth: u8) -> Result<&'a [u8], Unfit> {
    let depth = depth.checked_sub(1).ok_or(Unfit::Cbor)?;
    let start = decoder.position();
    match decoder.datatype()? {
        Type::Map => drop(read_map(decoder, depth)?),
        Type::Array => {
            for _ in 0..decoder.array()?.ok_or(Unfit::Cbor)? {
                read_item(decoder, depth)?;
            }
        }
        Type::ArrayIndef | Type::MapIndef | Type::BytesIndef | Type::StringIndef => {
            return Err(Unfit::Cbor);
        }
        Type::Tag | Type::Break | Type::Unknown(_) => return Err(Unfit::Cbor),
        _ => decoder.skip()?,
    }
    Ok(&decoder.input()[start..decoder.position()])
}

impl From<minicbor::decode::Error> for Unfit {
    fn from(_: minicbor::decode::Error) -> Self {
        Self::Cbor
    }
}
