//! What must hold for the source itself.

use std::fs;
use std::path::Path;

#[test]
fn one_module_names_the_noise_library() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut naming = Vec::new();
    for entry in fs::read_dir(source).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && fs::read_to_string(&path).unwrap().contains("snow::") {
            naming.push(path.file_name().unwrap().to_owned());
        }
    }
    assert_eq!(naming, ["noise.rs"]);
}
