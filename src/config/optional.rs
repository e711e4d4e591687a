//! Keys that may be left empty. In the file, `""` stands for no text and 0 for no number; in the
//! program, both are `None`.

/// For `#[serde(with = …)]` on a text or a path.
pub(super) mod text {
    use std::fmt::Display;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in crate::config) fn deserialize<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
    where
        D: Deserializer<'de>,
        T: TryFrom<String, Error: Display>,
    {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(None);
        }
        T::try_from(text).map(Some).map_err(D::Error::custom)
    }

    #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub(in crate::config) fn serialize<S: Serializer, T: Serialize>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => value.serialize(serializer),
            None => serializer.serialize_str(""),
        }
    }
}

/// For `#[serde(with = …)]` on a number.
pub(super) mod number {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::config::within::Within;

    pub(in crate::config) fn deserialize<'de, D: Deserializer<'de>, const MAX: u32>(
        deserializer: D,
    ) -> Result<Option<Within<1, MAX>>, D::Error> {
        let number = Within::<0, MAX>::deserialize(deserializer)?.get();
        Ok(Within::try_from(i64::from(number)).ok())
    }

    #[expect(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes a reference to the field"
    )]
    pub(in crate::config) fn serialize<S: Serializer, const MAX: u32>(
        value: &Option<Within<1, MAX>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.map_or(0, Within::get).serialize(serializer)
    }
}
