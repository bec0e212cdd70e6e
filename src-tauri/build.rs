//! Permissions for our own commands, and what Tauri needs to know at build time.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let commands = tauri_build::AppManifest::new().commands(&[
        "opening",
        "opening_act",
        "view",
        "act",
        "passkeys",
        "whereabouts",
        "words",
        "shares",
        "plan",
        "strength",
        "activity",
        "statistics",
        "tunnel_name",
        "picture",
        "frame",
        "handed",
        "handed_act",
    ]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))?;
    Ok(())
}
