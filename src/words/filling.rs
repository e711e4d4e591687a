//! What is filled into the places of a text.

use std::fmt::Display;

/// Puts a value where the text has the place `{}` for it.
pub(crate) fn fill(text: &str, value: impl Display) -> String {
    text.replace("{}", &value.to_string())
}

/// Puts values where the text has places with their names, such as `{title}`. What is filled in is
/// not searched for places, since users choose it.
pub(crate) fn fill_named(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let place = after.split_once('}').and_then(|(name, after)| {
            let value = values.iter().find(|(known, _)| *known == name);
            value.map(|(_, value)| (*value, after))
        });
        let (value, after) = place.unwrap_or(("{", after));
        filled.extend([before, value]);
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_take_the_places_with_their_names_and_are_not_searched_for_places() {
        let values = [("title", "{name}"), ("name", "Ada {title} {"), ("unused", "x")];
        for (text, filled) in [
            ("", ""),
            ("no place", "no place"),
            ("{title}", "{name}"),
            ("{title}: hello {name}!", "{name}: hello Ada {title} {!"),
            ("{name}{name}", "Ada {title} {Ada {title} {"),
            ("{other} {title", "{other} {title"),
            ("{{title}}", "{{name}}"),
        ] {
            assert_eq!(fill_named(text, &values), filled, "{text}");
        }
    }
}
