//! The index file: rows that open in their place only, files that are not ours, several processes.

use proptest::prelude::*;
use tempfile::TempDir;

use std::path::Path;

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
        other @ (Unlocking::Old(_) | Unlocking::OtherKey(..) | Unlocking::Failed(..)) => panic!("{other:?}"),
    }
}

fn names(index: &Index, rows: &[SealedRow]) -> Vec<String> {
    rows.iter()
        .map(|row| index.open_row(row).unwrap().facts.unwrap().user_name.unwrap())
        .collect()
}

fn count(index: &Index) -> usize {
    let mut count = 0;
    assert_eq!(index.for_each(|_row| count += 1).unwrap(), []);
    count
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
        "UPDATE passkey SET sealed = (SELECT sealed FROM passkey WHERE record_id = ?2) WHERE record_id = ?1",
        "UPDATE passkey SET rp = (SELECT rp FROM passkey WHERE record_id = ?2) WHERE record_id = ?1",
        "UPDATE passkey SET credential = (SELECT credential FROM passkey WHERE record_id = ?2) WHERE record_id = ?1",
        "UPDATE passkey SET rp = NULL WHERE record_id = ?1 AND ?2 NOT NULL",
        "UPDATE passkey SET rp = NULL, credential = NULL WHERE record_id = ?1 AND ?2 NOT NULL",
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
        let mut opened = Vec::new();
        let broken = index.for_each(|row| opened.push(row.record_id)).unwrap();
        assert_eq!(broken, [RecordId([1; 16])], "{swap}");
        assert_eq!(opened, [RecordId([2; 16])], "{swap}");
    }
}

#[test]
fn a_change_keeps_what_a_later_layout_added() {
    let (_folder, _path, mut index) = index(&[row("a.example", 1)]);
    let id = RecordId([1; 16]);
    let later = Value::Array(vec![
        3_u8.into(),
        0_u8.into(),
        Value::Null,
        0_u8.into(),
        Value::Null,
        false.into(),
        Value::Null,
        Value::Null,
        "from a later layout".into(),
    ]);
    let place = Place {
        column: Column::Passkey,
        record_id: &id.0,
        bound: &[],
    };
    let sealed = index.seal.seal(&place, &later).unwrap();
    let update = "UPDATE passkey SET sealed = ?1, rp = NULL, credential = NULL";
    index.connection.execute(update, params![sealed]).unwrap();

    let changed = index.change(id, |row| {
        row.changing.uses += 1;
        Ok::<_, IndexError>(())
    });
    assert!(changed.unwrap().is_some());

    let sealed = index.sealed_row(id).unwrap().unwrap().sealed;
    let kept = index.seal.open(&place, &sealed, |value| {
        let elements = value.as_array()?;
        Some((elements[3].as_u64()?, elements.last()?.as_text()?.to_owned()))
    });
    assert_eq!(kept, Ok((1, "from a later layout".to_owned())));
}

#[test]
fn a_row_reads_as_it_was_written() {
    let mut whole = row("a.example", 1);
    whole.changing.last_used = Some(7);
    whole.changing.uses = u64::MAX;
    whole.changing.label = Some("Work \u{e4}".to_owned());
    whole.changing.backup_state = true;
    whole.changing.trash = Some(Trash {
        removed_at: 1,
        destroyed_at: 2,
    });
    let bare = Row::new(RecordId([2; 16]), None, RowState::Damaged, false);
    let (_folder, _path, index) = index(&[whole.clone(), bare.clone()]);
    for row in [whole, bare] {
        let read = index.row(row.record_id).unwrap().unwrap();
        assert!(read.facts == row.facts);
        let of = |row: &Row| {
            let Changing {
                last_used,
                uses,
                label,
                state,
                backup_state,
                trash,
                ..
            } = row.changing.clone();
            (last_used, uses, label, state, backup_state, trash)
        };
        assert_eq!(of(&read), of(&row));
    }
}

#[test]
fn what_is_kept_beside_a_row_goes_with_it() {
    let (_folder, _path, mut index) = index(&[row("a.example", 1), row("a.example", 2)]);
    let (first, second) = (RecordId([1; 16]), RecordId([2; 16]));
    let large = vec![7; 64 * 1024];
    let value = Value::from(&large);
    assert!(
        index
            .set_attachment(first, Attachment::LargeBlob, Some(&value))
            .unwrap()
    );
    assert!(
        index
            .set_attachment(first, Attachment::Foreign, Some(&"fields".into()))
            .unwrap()
    );
    assert!(
        !index
            .set_attachment(RecordId([3; 16]), Attachment::LargeBlob, Some(&value))
            .unwrap()
    );
    let blob = |index: &Index, id| {
        index.attachment(id, Attachment::LargeBlob, |value| {
            Some(value.into_bytes()?.into_owned())
        })
    };
    assert_eq!(blob(&index, first).unwrap(), Some(large.clone()));
    assert_eq!(blob(&index, second).unwrap(), None);

    // It opens beside its own row, as what it is.
    let copy =
        "INSERT INTO attachment SELECT ?2, kind, sealed FROM attachment WHERE record_id = ?1 AND kind = 1";
    index
        .connection
        .execute(copy, params![first.0, second.0])
        .unwrap();
    assert!(matches!(blob(&index, second), Err(IndexError::Attachment)));

    assert!(index.set_attachment(first, Attachment::LargeBlob, None).unwrap());
    assert_eq!(blob(&index, first).unwrap(), None);
    index.remove(first).unwrap();
    index.remove(second).unwrap();
    let left: i64 = index
        .connection
        .query_row("SELECT count(*) FROM attachment", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
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
        .pragma_update(None, "user_version", file::SCHEMA_VERSION + 1)
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
    assert_eq!(count(&first), 2);
    assert_eq!(count(&second), 2);
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
    assert_eq!("000102030405060708090A0B0C0D0EFF".parse(), Ok(id));
    assert_eq!("00".parse::<RecordId>(), Err(NotARecordId));
    assert_eq!(id.to_string(), id.user());
    assert_eq!(format!("{id:?}"), "0001…");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_open(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let place = Place { column: Column::Passkey, record_id: &[1; 16], bound: &[] };
        prop_assert_eq!(Seal::new(&[7; 32]).open(&place, &bytes, |_| Some(())), Err(SealBroken));
    }

    #[test]
    fn sealed_columns_come_in_a_few_lengths(text in "[a-z]{0,500}") {
        let place = Place { column: Column::Passkey, record_id: &[1; 16], bound: &[] };
        let sealed = Seal::new(&[7; 32]).seal(&place, &Value::from(text.as_str())).unwrap();
        prop_assert_eq!((sealed.len() - 12 - 16) % 128, 0);
        let opened = Seal::new(&[7; 32]).open(&place, &sealed, |value| value.as_text().map(str::to_owned));
        prop_assert_eq!(opened, Ok(text));
    }
}
