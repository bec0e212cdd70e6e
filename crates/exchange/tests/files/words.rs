//! Recovery words, their split, the strength of passphrases.

use proptest::prelude::*;
use roamkey_exchange::split::SplitError;
use roamkey_exchange::{RecoveryWords, WordsError, passphrase, split};

use crate::support::rng;

fn text(words: &RecoveryWords) -> String {
    words.words().collect::<Vec<_>>().join(" ")
}

#[test]
fn words_are_those_of_bip39() {
    // The test vectors of BIP39 for 32 bytes.
    for (bytes, expected) in [
        ([0x00; 32], "abandon ".repeat(23) + "art"),
        (
            [0x7f; 32],
            "legal winner thank year wave sausage worth useful ".repeat(2)
                + "legal winner thank year wave sausage worth title",
        ),
        ([0xff; 32], "zoo ".repeat(23) + "vote"),
    ] {
        assert_eq!(text(&RecoveryWords::from_bytes(&bytes)), expected);
        assert_eq!(*RecoveryWords::parse(&expected).unwrap().to_bytes(), bytes);
    }
}

#[test]
fn words_are_read_as_people_type_them() {
    let words = RecoveryWords::generate(&mut rng(1));
    let numbered: String = (1..)
        .zip(words.words())
        .map(|(number, word)| format!("{number}. {word},\r\n"))
        .collect();
    for typed in [
        text(&words).to_uppercase(),
        numbered,
        format!("  {}  ", text(&words).replace(' ', "\t\n")),
    ] {
        assert_eq!(
            *RecoveryWords::parse(&typed).unwrap().to_bytes(),
            *words.to_bytes()
        );
    }
}

#[test]
fn wrong_words_say_what_is_wrong_with_them() {
    let good = text(&RecoveryWords::generate(&mut rng(2)));
    let list: Vec<&str> = good.split(' ').collect();
    let parse = |list: &[&str]| RecoveryWords::parse(&list.join(" ")).unwrap_err();
    assert_eq!(parse(&list[..23]), WordsError::Count(23));
    assert_eq!(RecoveryWords::parse("").unwrap_err(), WordsError::Count(0));
    let mut typo = list.clone();
    typo[4] = "roamkey";
    assert_eq!(parse(&typo), WordsError::Unknown(5));
    let mut swapped = list.clone();
    let other = (1..24).find(|place| list[*place] != list[0]).unwrap();
    swapped.swap(0, other);
    // One order in 256 has the right checksum by chance; this one has not.
    assert_eq!(parse(&swapped), WordsError::Checksum);
}

#[test]
fn any_k_shares_make_the_words_and_fewer_do_not() {
    let words = RecoveryWords::generate(&mut rng(3));
    let shares = split::split(&words, 3, 5, &mut rng(4)).unwrap();
    let texts: Vec<&str> = shares.iter().map(|share| share.as_str()).collect();
    for a in 0..5 {
        for b in a + 1..5 {
            let two = split::combine(&[texts[a], texts[b]]).unwrap_err();
            assert_eq!(two, SplitError::TooFew { have: 2, need: 3 });
            for c in b + 1..5 {
                let again = split::combine(&[texts[c], texts[a], texts[b]]).unwrap();
                assert_eq!(*again.to_bytes(), *words.to_bytes());
            }
        }
    }
    let twice = split::combine(&[texts[0], texts[0], texts[1]]).unwrap_err();
    assert_eq!(twice, SplitError::TooFew { have: 2, need: 3 });
}

#[test]
fn wrong_shares_say_what_is_wrong_with_them() {
    let words = RecoveryWords::generate(&mut rng(5));
    let shares = split::split(&words, 2, 3, &mut rng(6)).unwrap();
    let others = split::split(&RecoveryWords::generate(&mut rng(7)), 2, 3, &mut rng(8)).unwrap();
    let texts: Vec<&str> = shares.iter().map(|share| share.as_str()).collect();
    let mut typo = texts[1].to_owned();
    let last = typo.pop().unwrap();
    typo.push(if last == 'q' { 'p' } else { 'q' });
    assert_eq!(
        split::combine(&[texts[0], &typo]).unwrap_err(),
        SplitError::Typo(2)
    );
    assert_eq!(
        split::combine(&[texts[0], others[1].as_str()]).unwrap_err(),
        SplitError::Mixed
    );
    // Of one identity, and of two splits with the same numbers.
    let again = split::split(&words, 2, 3, &mut rng(9)).unwrap();
    assert_eq!(
        split::combine(&[texts[0], again[1].as_str()]).unwrap_err(),
        SplitError::Mismatch
    );
    for (threshold, count) in [(1, 3), (4, 3), (2, 17)] {
        assert_eq!(
            split::split(&words, threshold, count, &mut rng(1)).unwrap_err(),
            SplitError::Numbers
        );
    }
}

#[test]
fn a_passphrase_that_can_be_guessed_is_told_apart() {
    for weak in [
        "",
        "password",
        "roamkey backup",
        "Tr0ub4dor&3",
        "12345678901234567890",
    ] {
        assert!(!passphrase::strength(weak).is_enough(), "{weak}");
    }
    for strong in ["plover-anchor-quilt-gravel-sonnet", "K7#vq9-Zt2!mXw8_Lp"] {
        assert!(passphrase::strength(strong).is_enough(), "{strong}");
    }
    let _ = passphrase::strength(&"long ".repeat(100_000));
}

proptest! {
    #[test]
    fn words_and_bytes_are_the_same_thing(bytes in any::<[u8; 32]>()) {
        let words = RecoveryWords::from_bytes(&bytes);
        prop_assert_eq!(*RecoveryWords::parse(&text(&words)).unwrap().to_bytes(), bytes);
    }

    #[test]
    fn arbitrary_text_is_no_words_and_no_panic(text in "\\PC{0,300}") {
        let _ = RecoveryWords::parse(&text);
        let _ = split::combine(&[&text, &text]);
    }
}
