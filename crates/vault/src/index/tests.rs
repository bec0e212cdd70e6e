//! The index file: rows that open in their place only, files that are not ours, several processes.

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::record::Facts;

fn facts(rp_id: &str, number: u8) -> Facts {
    Facts {
        credential_id: vec![number; 32],
        rp_id: rp_id.to_owned(),
        user_id: vec![number],
        user_name: Some(format!("user-{number}")),
        user_display_name: None,
        algorithm: -7,
        cred_protect: 1,
        backup_eligible: true,
        created_at: 1_000 + u64::from(number),
        discoverable: true,
    }
}

fn row(rp_id: &str, number: u8) -> Row {
    Row::new(
        RecordId([number; 16]),
        Some(facts(rp_id, number)),
        RowState::Ready,
        false,
    )
}

fn index(rows: &[Row]) -> (TempDir, std::path::PathBuf, Index) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.sqlite3");
    LockedIndex::create(&path, &Seal::new(&[7; 32]), rows).unwrap();
    let index = open(&path);
    (folder, path, index)
}

fn open(path: &Path) -> Index {
    match LockedIndex::open(path).unwrap().unlock(Seal::new(&[7; 32])) {
        Unlocking::Open(index) => index,
        other @ (Unlocking::OtherKey(..) | Unlocking::Failed(..)) => panic!("{other:?}"),
    }
}

fn names(index: &Index, rows: &[SealedRow]) -> Vec<String> {
    rows.iter()
        .map(|row| index.open_row(row).unwrap().facts.unwrap().user_name.unwrap())
        .collect()
}

#[test]
fn rows_are_found_by_site_and_by_credential() {
    let (_folder, _path, mut index) = index(&[row("a.example", 1), row("b.example", 2)]);
    index.put(&row("a.example", 3)).unwrap();
    assert_eq!(
        names(&index, &index.of_rp("a.example").unwrap()),
        ["user-1", "user-3"]
    );
    assert_eq!(names(&index, &index.of_credential(&[2; 32]).unwrap()), ["user-2"]);
    assert!(index.of_rp("A.example").unwrap().is_empty());
}

#[test]
fn the_file_shows_no_site_and_no_name() {
    let (_folder, path, index) = index(&[row("very-visible.example", 1)]);
    index.connection.close().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for visible in ["very-visible", "user-1"] {
        assert!(
            !bytes
                .windows(visible.len())
                .any(|window| window == visible.as_bytes()),
            "{visible}"
        );
    }
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, path, _index) = index(&[]);
    assert_eq!(
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn another_key_opens_nothing() {
    let (_folder, path, _index) = index(&[row("a.example", 1)]);
    let locked = LockedIndex::open(&path).unwrap();
    assert!(matches!(
        locked.unlock(Seal::new(&[8; 32])),
        Unlocking::OtherKey(..)
    ));
}

/// Each statement puts a sealed or hidden column where it does not belong.
#[test]
fn a_column_opens_in_its_own_row_only() {
    let swaps = [
        "UPDATE passkey SET fixed = (SELECT fixed FROM passkey WHERE record_id = ?2) WHERE record_id = ?1",
        "UPDATE passkey SET changing = (SELECT changing FROM passkey WHERE record_id = ?2) WHERE record_id = ?1",
        "UPDATE passkey SET changing = fixed WHERE record_id = ?1 AND ?2 NOT NULL",
        "UPDATE passkey SET rp = (SELECT rp FROM passkey WHERE record_id = ?2) WHERE record_id = ?1",
        "UPDATE passkey SET credential = (SELECT credential FROM passkey WHERE record_id = ?2) WHERE record_id = ?1",
        "UPDATE passkey SET rp = NULL WHERE record_id = ?1 AND ?2 NOT NULL",
    ];
    for swap in swaps {
        let (_folder, _path, index) = index(&[row("a.example", 1), row("b.example", 2)]);
        assert_eq!(
            index
                .connection
                .execute(swap, params![[1_u8; 16], [2_u8; 16]])
                .unwrap(),
            1,
            "{swap}"
        );
        let rows = index.all().unwrap();
        let changed = rows
            .iter()
            .find(|row| row.record_id == RecordId([1; 16]))
            .unwrap();
        assert_eq!(index.open_row(changed).unwrap_err(), SealBroken, "{swap}");
    }
}

#[test]
fn a_change_keeps_what_a_later_layout_added() {
    let (_folder, _path, mut index) = index(&[row("a.example", 1)]);
    let id = RecordId([1; 16]);
    let later = roamkey_cbor::Map::new()
        .with(1_u8, 1_u8)
        .with(3_u8, 0_u8)
        .with(5_u8, 0_u8)
        .with(6_u8, false);
    let later = later.with(40_u8, "from a later layout");
    let place = Place {
        column: Column::Changing,
        record_id: &id.0,
        bound: &[],
    };
    let sealed = index.seal.seal(&place, &later.into()).unwrap();
    index
        .connection
        .execute("UPDATE passkey SET changing = ?1", params![sealed])
        .unwrap();

    index.change(id, |changing| changing.uses += 1).unwrap();

    let sealed = index.all().unwrap().remove(0).changing;
    let kept = index.seal.open(&place, &sealed, |value| {
        let map = value.into_map()?;
        Some((map.get(3_u8)?.as_u64()?, map.get(40_u8)?.as_text()?.to_owned()))
    });
    assert_eq!(kept, Ok((1, "from a later layout".to_owned())));
}

#[test]
fn a_row_ends_what_was_pending_for_it() {
    let (_folder, _path, mut index) = index(&[]);
    index.begin(RecordId([1; 16]), Step::Creating).unwrap();
    index.begin(RecordId([2; 16]), Step::Removing).unwrap();
    index.put(&row("a.example", 1)).unwrap();
    assert_eq!(index.pending().unwrap(), [(RecordId([2; 16]), Step::Removing)]);
    index.remove(RecordId([2; 16])).unwrap();
    assert_eq!(index.pending().unwrap(), []);
}

#[test]
fn a_text_file_is_damaged_and_another_database_is_foreign() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    std::fs::write(&text, "not a database ".repeat(100)).unwrap();
    assert!(LockedIndex::open(&text).unwrap_err().is_damage());
    let other = folder.path().join("other");
    Connection::open(&other)
        .unwrap()
        .execute_batch("CREATE TABLE a (b)")
        .unwrap();
    assert!(matches!(LockedIndex::open(&other), Err(IndexError::Foreign)));
}

#[test]
fn a_file_of_a_newer_version_is_called_that_and_is_no_damage() {
    let (_folder, path, index) = index(&[]);
    index
        .connection
        .pragma_update(None, "user_version", SCHEMA_VERSION + 1)
        .unwrap();
    let error = LockedIndex::open(&path).unwrap_err();
    assert!(matches!(error, IndexError::NewerVersion) && !error.is_damage());
}

#[test]
fn two_connections_see_each_others_rows() {
    let (_folder, path, mut first) = index(&[]);
    let mut second = open(&path);
    first.put(&row("a.example", 1)).unwrap();
    second.put(&row("a.example", 2)).unwrap();
    assert_eq!(first.all().unwrap().len(), 2);
    assert_eq!(second.all().unwrap().len(), 2);
}

#[test]
fn record_ids_read_as_they_are_written() {
    let id = RecordId([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
    assert_eq!(id.user(), "000102030405060708090a0b0c0d0eff");
    assert_eq!(RecordId::from_user(&id.user()), Some(id));
    for other in [
        "pin",
        "index-key",
        "000102030405060708090A0B0C0D0EFF",
        "+00102030405060708090a0b0c0d0eff",
        "",
    ] {
        assert_eq!(RecordId::from_user(other), None, "{other}");
    }
    assert_eq!(format!("{id:?}"), "0001…");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_open(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let place = Place { column: Column::Fixed, record_id: &[1; 16], bound: &[] };
        prop_assert_eq!(Seal::new(&[7; 32]).open(&place, &bytes, |_| Some(())), Err(SealBroken));
    }

    #[test]
    fn sealed_columns_come_in_a_few_lengths(text in "[a-z]{0,500}") {
        let place = Place { column: Column::Fixed, record_id: &[1; 16], bound: &[] };
        let sealed = Seal::new(&[7; 32]).seal(&place, &Value::from(text.as_str())).unwrap();
        prop_assert_eq!((sealed.len() - 24 - 16) % 128, 0);
        let opened = Seal::new(&[7; 32]).open(&place, &sealed, |value| value.as_text().map(str::to_owned));
        prop_assert_eq!(opened, Ok(text));
    }
}
