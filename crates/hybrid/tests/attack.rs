//! Peers and bystanders that break one rule at a time.

mod common;

use common::{GET_INFO, Near, Pair, connected, near, scan, seeded, show};
use roamkey_hybrid::{AdvertError, ChannelError, FirstMessageError, HandshakeError, MAX_FRAME, Message};

#[test]
fn who_knows_the_qr_code_but_heard_another_advert_is_refused() {
    let mut rng = seeded(1);
    let showing = show(&mut rng);
    let (first, _) = scan(showing.qr_text(), &mut rng);
    let (_, other_advert) = scan(showing.qr_text(), &mut rng);
    let proximity = showing.advert_seen(other_advert.as_bytes()).unwrap();
    let (_, join) = showing.join(&proximity, &mut rng).unwrap();
    assert!(matches!(
        first.respond(&join.message, &mut rng),
        Err(HandshakeError::Rejected)
    ));
}

#[test]
fn who_heard_the_advert_but_has_another_qr_key_is_refused() {
    let (mut rng, mut other) = (seeded(1), seeded(2));
    let showing = show(&mut rng);
    let (on_air, _) = scan(showing.qr_text(), &mut rng);
    let Near { join, .. } = near(2);
    assert!(matches!(
        on_air.respond(&join.message, &mut other),
        Err(HandshakeError::Rejected)
    ));
}

#[test]
fn an_advert_of_another_transaction_is_not_ours() {
    let mut rng = seeded(1);
    let (showing, other) = (show(&mut rng), show(&mut rng));
    let (_, advert) = scan(other.qr_text(), &mut rng);
    assert_eq!(
        showing.advert_seen(advert.as_bytes()).unwrap_err(),
        AdvertError::Foreign
    );
}

#[test]
fn an_advert_with_any_bit_flipped_is_not_ours() {
    let mut rng = seeded(1);
    let showing = show(&mut rng);
    let (_, advert) = scan(showing.qr_text(), &mut rng);
    for bit in 0..160 {
        let mut forged = *advert.as_bytes();
        forged[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            showing.advert_seen(&forged).unwrap_err(),
            AdvertError::Foreign,
            "bit {bit}"
        );
    }
    let short = &advert.as_bytes()[..19];
    assert_eq!(
        showing.advert_seen(short).unwrap_err(),
        AdvertError::Short { actual: 19 }
    );
}

#[test]
fn a_first_handshake_message_with_any_byte_changed_is_refused() {
    for index in 0..81 {
        let Near {
            on_air,
            mut join,
            mut rng,
            ..
        } = near(1);
        join.message[index] ^= 0x01;
        assert!(on_air.respond(&join.message, &mut rng).is_err(), "byte {index}");
    }
}

#[test]
fn a_handshake_reply_with_any_byte_changed_is_refused() {
    for index in 0..81 {
        let Near {
            on_air,
            joined,
            join,
            mut rng,
        } = near(1);
        let (mut reply, _) = on_air.respond(&join.message, &mut rng).unwrap();
        reply[index] ^= 0x01;
        assert!(joined.reply(&reply).is_err(), "byte {index}");
    }
}

#[test]
fn handshake_messages_of_any_other_length_are_refused() {
    for length in (0..=80).chain(82..=120).chain([1000, 70_000]) {
        let Near {
            on_air,
            joined,
            mut join,
            mut rng,
        } = near(1);
        join.message.resize(length, 0);
        let refused = on_air.respond(&join.message, &mut rng);
        assert!(matches!(refused, Err(HandshakeError::Length { actual }) if actual == length));
        let refused = joined.reply(&join.message);
        assert!(matches!(refused, Err(HandshakeError::Length { actual }) if actual == length));
    }
}

#[test]
fn an_ephemeral_key_must_be_an_uncompressed_point_of_the_curve() {
    for (first, rest) in [
        (0x04, 0x00),
        (0x00, 0x00),
        (0x02, 0x01),
        (0x06, 0x01),
        (0x04, 0xFF),
    ] {
        let Near {
            on_air,
            mut join,
            mut rng,
            ..
        } = near(1);
        join.message[0] = first;
        if rest != 0x01 {
            join.message[1..65].fill(rest);
        }
        assert!(matches!(
            on_air.respond(&join.message, &mut rng),
            Err(HandshakeError::EphemeralKey)
        ));
    }
}

#[test]
fn a_handshake_message_sent_back_to_its_sender_is_refused() {
    let Near { joined, join, .. } = near(1);
    assert!(matches!(
        joined.reply(&join.message),
        Err(HandshakeError::Rejected)
    ));
}

#[test]
fn a_reply_of_another_handshake_is_refused() {
    let Near {
        on_air,
        join,
        mut rng,
        ..
    } = near(1);
    let (reply, _) = on_air.respond(&join.message, &mut rng).unwrap();
    assert!(matches!(
        near(2).joined.reply(&reply),
        Err(HandshakeError::Rejected)
    ));
}

#[test]
fn a_second_handshake_message_is_no_frame() {
    let Near {
        on_air,
        join,
        mut rng,
        ..
    } = near(1);
    let (_, established) = on_air.respond(&join.message, &mut rng).unwrap();
    let (_, mut phone) = established.post_handshake(GET_INFO).unwrap();
    assert_eq!(phone.open(&join.message), Err(ChannelError::Undecryptable));
}

#[test]
fn a_frame_opens_once() {
    let Pair {
        mut phone,
        mut browser,
        ..
    } = connected(1);
    let frame = browser.seal(&Message::Ctap(vec![4])).unwrap();
    assert!(phone.open(&frame).is_ok());
    assert_eq!(phone.open(&frame), Err(ChannelError::Undecryptable));
}

#[test]
fn frames_open_in_order_only() {
    let Pair {
        mut phone,
        mut browser,
        ..
    } = connected(1);
    let first = browser.seal(&Message::Ctap(vec![4])).unwrap();
    let second = browser.seal(&Message::Shutdown).unwrap();
    assert_eq!(phone.open(&second), Err(ChannelError::Undecryptable));
    assert!(phone.open(&first).is_ok());
    assert_eq!(phone.open(&second), Ok(Message::Shutdown));
}

#[test]
fn a_frame_sent_back_to_its_sender_does_not_open() {
    let Pair { mut browser, .. } = connected(1);
    let frame = browser.seal(&Message::Ctap(vec![4])).unwrap();
    assert_eq!(browser.open(&frame), Err(ChannelError::Undecryptable));
}

#[test]
fn a_frame_with_any_byte_changed_or_missing_does_not_open() {
    let Pair {
        mut phone,
        mut browser,
        ..
    } = connected(1);
    let frame = browser.seal(&Message::Ctap(vec![4; 40])).unwrap();
    for index in 0..frame.len() {
        let mut forged = frame.clone();
        forged[index] ^= 0x80;
        assert_eq!(phone.open(&forged), Err(ChannelError::Undecryptable));
        assert_eq!(phone.open(&frame[..index]), Err(ChannelError::Undecryptable));
    }
    assert!(phone.open(&frame).is_ok(), "failed attempts change nothing");
}

#[test]
fn an_oversize_frame_is_refused_before_it_is_decrypted() {
    let Pair { mut phone, .. } = connected(1);
    let actual = MAX_FRAME + 1;
    assert_eq!(
        phone.open(&vec![0; actual]),
        Err(ChannelError::FrameTooLong { actual })
    );
}

#[test]
fn a_frame_of_another_channel_does_not_open() {
    let (Pair { mut phone, .. }, Pair { mut browser, .. }) = (connected(1), connected(2));
    let frame = browser.seal(&Message::Ctap(vec![4])).unwrap();
    assert_eq!(phone.open(&frame), Err(ChannelError::Undecryptable));
}

#[test]
fn a_later_frame_is_no_first_message() {
    let Near {
        on_air,
        joined,
        join,
        mut rng,
    } = near(1);
    let (reply, established) = on_air.respond(&join.message, &mut rng).unwrap();
    let (_, mut phone) = established.post_handshake(GET_INFO).unwrap();
    let later = phone.seal(&Message::Ctap(vec![0])).unwrap();
    let refused = joined.reply(&reply).unwrap().first_message(&later).unwrap_err();
    assert_eq!(refused, FirstMessageError::Channel(ChannelError::Undecryptable));
}
