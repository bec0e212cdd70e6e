//! The program as a process, and a client that speaks just enough to ask for a tunnel.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Output, Stdio};

pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_roamkey-tunnel-server"))
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A server, ended with the test.
pub(crate) struct Serving {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Serving {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::run(program().args(arguments).env("ROAMKEY_LOG", "trace"))
    }

    /// Runs a command that becomes the server.
    pub(crate) fn run(command: &mut Command) -> Self {
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .strip_prefix("ready ")
            .and_then(|rest| rest.trim().parse().ok());
        Self {
            process,
            address: address.unwrap_or_else(|| panic!("{line:?}")),
        }
    }

    /// The process's memory that is resident, in KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let resident = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        resident.trim().trim_end_matches(" kB").parse().unwrap()
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", name, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for the end; exit code and log.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let mut log = String::new();
        self.process
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        (self.process.wait().unwrap().code(), log)
    }

    /// Asks for a tunnel; the HTTP status and the connection.
    pub(crate) fn ask(&self, tunnel: &str) -> (String, TcpStream) {
        ask_on(TcpStream::connect(self.address).unwrap(), tunnel)
    }

    pub(crate) fn create(&self, tunnel: &str) -> TcpStream {
        let (status, tcp) = self.ask(tunnel);
        assert_eq!(status, "101");
        tcp
    }
}

/// The same on a connection that is there already.
pub(crate) fn ask_on(tcp: TcpStream, tunnel: &str) -> (String, TcpStream) {
    get_on(tcp, &format!("/cable/new/{tunnel}"))
}

/// Asks for any path.
pub(crate) fn get_on(mut tcp: TcpStream, path: &str) -> (String, TcpStream) {
    write!(
        tcp,
        "GET {path} HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: fido.cable\r\n\r\n"
    )
    .unwrap();
    let mut status = [0; 12];
    tcp.read_exact(&mut status).unwrap();
    (text(&status[9..]), tcp)
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) const DEV: [&str; 4] = ["serve", "--dev", "--listen", "127.0.0.1:0"];
pub(crate) const TUNNEL: &str = "F5F0491044D72B9C0FC6439A2D0B84E7";
pub(crate) const OTHER: &str = "00000000000000000000000000000001";

/// A file in a folder of its own.
pub(crate) fn file(name: &str, content: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path.to_str().unwrap().to_owned())
}
