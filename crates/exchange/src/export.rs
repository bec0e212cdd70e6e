//! Writing passkeys for other programs: CXF, and KeePassXC's `.passkey`.

mod cxf;
mod keepassxc;

pub use cxf::CxfWriter;
pub use keepassxc::passkey_file;
