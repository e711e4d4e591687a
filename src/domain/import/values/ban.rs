//! Bans, which the old servers left to their operators' SQL.

use serde_json::Value;

use super::columns::moment;
use super::context::Context;
use super::gathered::Gathered;
use super::loss::LossKind;
use super::refusal::Reason;
use crate::time::Timestamp;

/// The last millisecond that has a date with a year of four digits.
const LAST: i64 = 253_402_300_799_999;

/// A ban that is in force.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ban {
    pub at: Timestamp,
    pub until: Option<Timestamp>,
    pub reason: Option<String>,
}

/// The ban of an account, by what is in `blacklisted`.
pub(super) fn ban(
    gathered: &mut Gathered,
    context: &Context<'_>,
    old: Option<&str>,
) -> Option<Ban> {
    let parsed = old.map(serde_json::from_str::<Value>).transpose();
    let value = gathered.take(parsed.map_err(|_| Reason::Malformed { column: "blacklisted" }))?;
    if is_none(&value) {
        return None;
    }
    let reason = value.get("reason").and_then(Value::as_str);
    if reason.is_none() {
        let is_taken = !context.shape.is_first_generation();
        let what = if is_taken { "taken as a suspension" } else { "taken as none" };
        gathered.lose(LossKind::SuspensionUnclear, what);
        if !is_taken {
            return None;
        }
    }
    let expires = value.get("expires").unwrap_or(&Value::Null);
    let until = instant(expires);
    if until.is_none() && !matches!(expires, Value::Null) && expires.as_f64() != Some(0.0) {
        gathered.lose(
            LossKind::SuspensionUnclear,
            "its end is no time until the year 9999; taken as without an end",
        );
    }
    if until.is_some_and(|until| until <= context.now) {
        gathered.lose(LossKind::SuspensionOver, "");
        return None;
    }
    gathered.lose(LossKind::Suspended, "");
    let at = ["createdAt", "created_at"].iter().find_map(|name| instant(value.get(name)?));
    Some(Ban {
        at: at.filter(|at| *at <= context.now).unwrap_or(context.now),
        until,
        reason: reason.filter(|reason| !reason.is_empty()).map(Into::into),
    })
}

/// Whether it says that there is no ban.
fn is_none(value: &Value) -> bool {
    let members = value.as_object();
    let is_false = |members: &serde_json::Map<String, Value>| {
        !members.contains_key("reason") && members.get("value") == Some(&Value::Bool(false))
    };
    value.is_null() || members.is_some_and(|members| members.is_empty() || is_false(members))
}

/// A time: a text as JavaScript or SQL writes it, or milliseconds since the epoch, of which 0 is
/// none.
fn instant(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(number) => {
            #[expect(clippy::cast_possible_truncation, reason = "a fraction of a millisecond")]
            let millis = number.as_i64().or_else(|| number.as_f64().map(|millis| millis as i64))?;
            (1..=LAST).contains(&millis).then(|| Timestamp::from_millis(millis))
        }
        Value::String(text) => text.parse().ok().or_else(|| moment(text)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::domain::import::dump::Shape;

    const NOW: Timestamp = Timestamp::from_millis(1_750_936_113_000);

    fn read(shape: Shape, text: Option<&str>) -> (Option<Ban>, Vec<LossKind>, Vec<Reason>) {
        let config = Config::default();
        let context =
            Context { config: &config, shape, assets: None, skip_passwords: false, now: NOW };
        let mut gathered = Gathered::default();
        let ban = ban(&mut gathered, &context, text);
        let kinds = gathered.losses.iter().map(|loss| loss.kind).collect();
        (ban, kinds, gathered.refusals)
    }

    #[test]
    fn ban_is_what_names_a_reason() {
        let at = Timestamp::from_millis;
        let ban = |at, until, reason: &str| {
            Some(Ban { at, until, reason: (!reason.is_empty()).then(|| reason.into()) })
        };
        let kept = &[LossKind::Suspended][..];
        for (text, expected, lost) in [
            (None, None, &[][..]),
            (Some("null"), None, &[]),
            (Some("{}"), None, &[]),
            (Some(r#"{"value": false}"#), None, &[]),
            (Some(r#"{"reason": "spam"}"#), ban(NOW, None, "spam"), kept),
            (Some(r#"{"reason": "spam", "expires": 0}"#), ban(NOW, None, "spam"), kept),
            (Some(r#"{"reason": "spam", "expires": null}"#), ban(NOW, None, "spam"), kept),
            (Some(r#"{"value": false, "reason": "spam"}"#), ban(NOW, None, "spam"), kept),
            (Some(r#"{"reason": ""}"#), ban(NOW, None, ""), kept),
            (
                Some(r#"{"reason": "x", "expires": "2025-06-26T11:08:34Z", "createdAt": 5}"#),
                ban(at(5), Some(at(1_750_936_114_000)), "x"),
                kept,
            ),
            (
                Some(
                    r#"{"reason":"x","expires":1750936113001,"created_at":"1970-01-02 00:00:00"}"#,
                ),
                ban(at(86_400_000), Some(at(1_750_936_113_001)), "x"),
                kept,
            ),
            (
                Some(r#"{"reason": "x", "expires": "soon"}"#),
                ban(NOW, None, "x"),
                &[LossKind::SuspensionUnclear, LossKind::Suspended],
            ),
            (
                Some(r#"{"reason": "x", "expires": 1750936113000}"#),
                None,
                &[LossKind::SuspensionOver],
            ),
            (Some(r#"{"reason": "x", "createdAt": 9e15}"#), ban(NOW, None, "x"), kept),
        ] {
            for shape in [Shape::First, Shape::Renamed, Shape::Second] {
                let (found, told, refused) = read(shape, text);
                assert_eq!((&found, &told[..]), (&expected, lost), "{text:?}");
                assert_eq!(refused, []);
            }
        }
    }

    #[test]
    fn ban_whose_end_no_date_can_say_has_none() {
        let last = "253402300799999";
        for (end, until) in [(last, last.parse().ok()), ("9007199254740991", None), ("1e300", None)]
        {
            let text = format!(r#"{{"reason": "x", "expires": {end}}}"#);
            let (found, told, _) = read(Shape::First, Some(&text));
            assert_eq!(found.unwrap().until, until.map(Timestamp::from_millis), "{end}");
            assert_eq!(told.contains(&LossKind::SuspensionUnclear), until.is_none(), "{end}");
        }
    }

    #[test]
    fn unclear_ban_counts_where_the_old_server_counted_it() {
        for text in
            ["true", "false", "1", "\"spam\"", "[]", r#"{"value": true}"#, r#"{"reason": 5}"#]
        {
            let (first, told, _) = read(Shape::First, Some(text));
            assert_eq!((first, &told[..]), (None, &[LossKind::SuspensionUnclear][..]), "{text}");
            let (second, told, _) = read(Shape::Second, Some(text));
            assert_eq!(second, Some(Ban { at: NOW, until: None, reason: None }), "{text}");
            assert_eq!(told, [LossKind::SuspensionUnclear, LossKind::Suspended], "{text}");
        }
        let (found, _, refused) = read(Shape::Second, Some("{reason: spam}"));
        assert_eq!(found, None);
        assert_eq!(refused, [Reason::Malformed { column: "blacklisted" }]);
    }
}
