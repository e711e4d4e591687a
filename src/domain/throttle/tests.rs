use super::*;
use crate::domain::testing::app_with;
use std::sync::atomic::Ordering;

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

fn attempt(app: &App, now: Timestamp) -> Result<Spent<'_>> {
    spend(app, vec![Budget::code("7"), Budget::password("7")], now)
}

#[test]
fn a_spent_budget_says_when_it_is_new_and_then_is() {
    let (_folder, app) = app_with("");
    for _ in 0..5 {
        drop(attempt(&app, NOW).unwrap());
    }
    let later = NOW.after(Duration::from_mins(1));
    assert!(matches!(attempt(&app, later), Err(Error::TooManyRequests { seconds: 840 })));
    assert!(attempt(&app, NOW.after(WINDOW)).is_ok());
}

#[test]
fn an_attempt_that_is_refused_by_one_budget_costs_none_of_the_others() {
    let (_folder, app) = app_with("");
    for _ in 0..8 {
        drop(attempt(&app, NOW));
    }
    for _ in 0..5 {
        drop(spend(&app, vec![Budget::password("7")], NOW).unwrap());
    }
    assert!(spend(&app, vec![Budget::password("7")], NOW).is_err());
}

#[test]
fn what_is_given_back_can_be_spent_again() {
    let (_folder, app) = app_with("");
    for _ in 0..20 {
        let spent = attempt(&app, NOW).unwrap();
        app.db.write(|connection| spent.refund(connection)).unwrap();
    }
}

#[test]
fn an_attempt_beyond_the_budget_waits_for_those_in_flight_and_is_let_in_where_one_was_right() {
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
fn of_thirty_wrong_attempts_at_once_five_are_checked() {
    let (_folder, app) = app_with("");
    let run = || attempt(&app, NOW).is_err();
    let refused = std::thread::scope(|scope| {
        let all: Vec<_> = (0..30).map(|_| scope.spawn(run)).collect();
        all.into_iter().map(|one| one.join().unwrap()).filter(|refused| *refused).count()
    });
    assert_eq!(refused, 25);
}

#[test]
fn an_ipv6_subscriber_is_counted_once() {
    let subject = |ip: &str| Budget::address(ip.parse().unwrap()).subject;
    assert_eq!(subject("2001:db8:1:2::7"), subject("2001:db8:1:2:ffff::1"));
    assert_ne!(subject("2001:db8:1:2::7"), subject("2001:db8:1:3::7"));
    assert_ne!(subject("192.0.2.1"), subject("192.0.2.2"));
}

#[test]
fn budgets_whose_time_is_over_are_swept() {
    let (_folder, app) = app_with("");
    for address in 0..40 {
        drop(spend(&app, vec![Budget::address([192, 0, 2, address].into())], NOW));
    }
    for address in 0..3 {
        drop(spend(&app, vec![Budget::address([198, 51, 100, address].into())], NOW.after(WINDOW)));
    }
    let left: u32 = app
        .db
        .read(|c| Ok(c.query_row("SELECT count(*) FROM budgets", [], |row| row.get(0))?))
        .unwrap();
    assert_eq!(left, 3);
}

#[test]
fn a_flood_of_names_and_addresses_leaves_no_more_than_its_last_fifteen_minutes() {
    let (_folder, app) = app_with("");
    let rows = |connection: &Connection| -> u32 {
        connection.query_row("SELECT count(*) FROM budgets", [], |row| row.get(0)).unwrap()
    };
    let most = app.db.write(|connection| {
        let mut most = 0;
        // Ten in a second, from other networks with other names each time.
        for n in 0..20_000_u32 {
            let budgets =
                of_login(&format!("unknown-{n}"), std::net::Ipv4Addr::from_bits(n).into(), None);
            assert!(
                spend_all(connection, &budgets, NOW.after(Duration::from_millis(100) * n)).is_ok()
            );
            most = most.max(rows(connection));
        }
        Ok::<_, Error>(most)
    });
    // Three for each of the 9,000 attempts that count yet.
    assert_eq!(most.unwrap(), 27_000);
}
