use std::net::Ipv4Addr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::*;
use crate::config::Config;
use crate::domain::devices::RecognizedBy;
use crate::domain::testing::app_with;

const NOW: Timestamp = Timestamp::from_millis(1_000_000);
const WINDOW: Duration = Duration::from_mins(15);

fn attempt(app: &App, now: Timestamp) -> Result<CountedAttempt<'_>> {
    consume(app, vec![Limit::code(UserId(7)), Limit::password("7")], now)
}

fn attempt_from(app: &App, ip: impl Into<IpAddr>, now: Timestamp) {
    drop(consume(app, vec![Limit::address(ip.into())], now));
}

fn present(now: Timestamp) -> Present {
    Present::new(&Config::load(None, std::iter::empty()).unwrap(), now)
}

fn rows(connection: &Connection) -> u32 {
    connection.query_row("SELECT count(*) FROM rate_limits", [], |row| row.get(0)).unwrap()
}

#[test]
fn used_up_limit_resets_when_it_says() {
    let (_folder, app) = app_with("");
    for _ in 0..5 {
        drop(attempt(&app, NOW).unwrap());
    }
    let later = NOW.after(Duration::from_mins(1));
    assert!(matches!(attempt(&app, later), Err(Error::TooManyRequests { seconds: 840 })));
    assert!(attempt(&app, NOW.after(WINDOW)).is_ok());
}

#[test]
fn attempt_refused_by_one_limit_is_counted_by_none() {
    let (_folder, app) = app_with("");
    for _ in 0..8 {
        drop(attempt(&app, NOW));
    }
    for _ in 0..5 {
        drop(consume(&app, vec![Limit::password("7")], NOW).unwrap());
    }
    assert!(consume(&app, vec![Limit::password("7")], NOW).is_err());
}

#[test]
fn refunded_attempt_is_not_counted() {
    let (_folder, app) = app_with("");
    for _ in 0..20 {
        let counted = attempt(&app, NOW).unwrap();
        app.db.write(|connection| counted.refund(connection)).unwrap();
    }
}

#[test]
fn attempt_beyond_the_limit_waits_for_a_refund_of_one_in_flight() {
    let (_folder, app) = app_with("");
    let mut in_flight: Vec<_> = (0..5).map(|_| attempt(&app, NOW).unwrap()).collect();
    std::thread::scope(|scope| {
        let sixth = scope.spawn(|| attempt(&app, NOW).map(drop));
        while app.in_flight.waits.load(Ordering::SeqCst) == 0 && !sixth.is_finished() {
            std::thread::yield_now();
        }
        assert!(!sixth.is_finished(), "it is neither let in nor refused yet");
        let right = in_flight.pop().unwrap();
        app.db.write(|connection| right.refund(connection)).unwrap();
        drop(right);
        assert!(sixth.join().unwrap().is_ok());
    });
}

#[test]
fn thirty_wrong_attempts_at_once_get_five_checks() {
    let (_folder, app) = app_with("");
    let run = || attempt(&app, NOW).is_err();
    let refused = std::thread::scope(|scope| {
        let all: Vec<_> = (0..30).map(|_| scope.spawn(run)).collect();
        all.into_iter().map(|one| one.join().unwrap()).filter(|refused| *refused).count()
    });
    assert_eq!(refused, 25);
}

#[test]
fn ipv6_network_is_counted_once() {
    let limit = |ip: &str| Limit::address(ip.parse().unwrap());
    assert_eq!(limit("2001:db8:1:2::7"), limit("2001:db8:1:2:ffff::1"));
    assert_ne!(limit("2001:db8:1:2::7"), limit("2001:db8:1:3::7"));
    assert_ne!(limit("192.0.2.1"), limit("192.0.2.2"));
}

#[test]
fn kinds_accounts_networks_and_browsers_are_counted_apart() {
    let (_folder, app) = app_with("");
    let ips = [[192, 0, 2, 1], [192, 0, 2, 2]].map(IpAddr::from);
    let browsers = ["one", "two"].map(|name| RecognizedBy::Browser(name.into()));
    let limits = ["7", "8"].into_iter().flat_map(|account| {
        let from = ips.iter().flat_map(move |ip| login_limits(account, *ip, None));
        from.chain(
            browsers.iter().flat_map(move |browser| login_limits(account, ips[0], Some(browser))),
        )
    });
    let users = [UserId(7), UserId(8)].into_iter().flat_map(|user| {
        let mails =
            [Limit::mailed_code(user), Limit::mailed_link(user), Limit::mailed_password_link(user)]
                .concat();
        [Limit::current_password(user), Limit::code(user), Limit::notice(user)]
            .into_iter()
            .chain(mails)
    });
    let mut all: Vec<Limit> = limits
        .chain(users)
        .chain(ips.map(Limit::registration))
        .chain(ips.map(Limit::password_link))
        .collect();
    all.sort_by_key(|limit| format!("{limit:?}"));
    all.dedup();
    // Two of each account and network, of each account and browser, of each account, of each
    // network, of the nine kinds of each user, and of each network that registers or asks for a
    // link.
    assert_eq!(all.len(), 4 + 4 + 2 + 2 + 2 * 9 + 2 + 2);
    let counted = app.db.write(|connection| {
        for limit in &all {
            assert!(consume_all(connection, std::slice::from_ref(limit), present(NOW)).is_ok());
        }
        let count = rate_limits::list(connection, NOW)?;
        Ok::<_, Error>(count.into_iter().map(|row| (Limit(row.key), row.count)).collect::<Vec<_>>())
    });
    let mut counted = counted.unwrap();
    counted.sort_by_key(|(limit, _)| format!("{limit:?}"));
    assert_eq!(counted, all.into_iter().map(|limit| (limit, 1)).collect::<Vec<_>>());
}

#[test]
fn reset_forgets_one_account_or_one_network_alone() {
    let (_folder, app) = app_with("");
    let [home, elsewhere] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(IpAddr::from);
    let left = |change: fn(&Connection) -> Result<()>| {
        app.db
            .write(|connection| {
                rate_limits::delete_all(connection)?;
                for account in ["7", "77"] {
                    let limits = login_limits(account, home, None);
                    assert!(consume_all(connection, &limits, present(NOW)).is_ok());
                }
                for user in [UserId(7), UserId(77)] {
                    let limits = [Limit::code(user), Limit::current_password(user)];
                    assert!(consume_all(connection, &limits, present(NOW)).is_ok());
                    assert!(
                        consume_all(connection, &Limit::mailed_code(user), present(NOW)).is_ok()
                    );
                }
                let limits = [Limit::registration(home), Limit::address(elsewhere)];
                assert!(consume_all(connection, &limits, present(NOW)).is_ok());
                change(connection)?;
                Ok::<_, Error>(rows(connection))
            })
            .unwrap()
    };
    // Seven against each account besides the two networks at login and one at registration:
    // passwords from home and from anywhere, codes, current passwords, and mails by two limits.
    assert_eq!(left(|_| Ok(())), 2 * 6 + 3);
    assert_eq!(left(|connection| reset(connection, "7").map(drop)), 15 - 4);
    assert_eq!(left(|connection| reset_codes(connection, UserId(7))), 15 - 1);
    // Two passwords from home, and home itself at login and at registration.
    assert_eq!(
        left(|connection| reset_network(connection, [192, 0, 2, 1].into()).map(drop)),
        15 - 4
    );
}

#[test]
fn expired_rows_are_deleted() {
    let (_folder, app) = app_with("");
    for address in 0..40 {
        attempt_from(&app, [192, 0, 2, address], NOW);
    }
    for address in 0..3 {
        attempt_from(&app, [198, 51, 100, address], NOW.after(WINDOW));
    }
    assert_eq!(app.db.read(|connection| Ok(rows(connection))).unwrap(), 3);
}

#[test]
fn flood_leaves_only_the_rows_of_its_last_fifteen_minutes() {
    let (_folder, app) = app_with("");
    let most = app.db.write(|connection| {
        let mut most = 0;
        let mut present = present(NOW);
        // Ten in a second, from other networks with other names each time.
        for n in 0..20_000_u32 {
            let limits = login_limits(&format!("unknown-{n}"), Ipv4Addr::from_bits(n).into(), None);
            present.now = NOW.after(Duration::from_millis(100) * n);
            assert!(consume_all(connection, &limits, present).is_ok());
            most = most.max(rows(connection));
        }
        Ok::<_, Error>(most)
    });
    // Three for each of the 9,000 attempts that count yet.
    assert_eq!(most.unwrap(), 27_000);
}
