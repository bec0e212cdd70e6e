//! libwebauthn as the client platform: shows a QR code, listens over BlueZ, and prints what the site's server gets.
//!
//! ```text
//! roamkey-interop-libwebauthn create|get ORIGIN OPTIONS RELAY
//! ```
//!
//! Options are WebAuthn's JSON. Two lines come out: `code FIDO:/…`, and `response {…}`.
//!
//! libwebauthn looks the tunnel service's name up and connects to port 443. No test talks to anything but this machine,
//! so the program answers the lookup itself ([`getaddrinfo`]) and leads port 443 to RELAY, a port of loopback
//! ([`connect`]). Both are the C library's functions, which a program may define in its place.

use std::error::Error;
use std::ffi::{c_char, c_int, c_void};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use libwebauthn::ops::webauthn::{
    GetAssertionRequest, JsonFormat, MakeCredentialRequest, OriginValidation, RequestOrigin, RequestSettings,
    WebAuthnIDLResponse as _,
};
use libwebauthn::transport::hybrid::qr_code_device::{PxpQrCodeDevice, PxpTransports, QrCodeOperationHint};
use libwebauthn::transport::{Channel as _, ChannelSettings, Device as _};
use libwebauthn::webauthn::WebAuthn as _;

/// The port of loopback that stands for port 443 of every host.
static RELAY: AtomicU16 = AtomicU16::new(0);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [wish, origin, options, relay] = arguments.as_slice() else {
        return Err("usage: create|get ORIGIN OPTIONS RELAY".into());
    };
    RELAY.store(relay.parse()?, Ordering::Relaxed);
    tokio::time::timeout(LIMIT, run(wish, origin, options)).await?
}

async fn run(wish: &str, origin: &str, options: &str) -> Result<(), Box<dyn Error>> {
    let origin: RequestOrigin = origin.try_into().map_err(|error| format!("{error:?}"))?;
    // The origin is the test's own.
    let settings = RequestSettings {
        origin: OriginValidation::Trust,
    };
    let hint = match wish {
        "create" => QrCodeOperationHint::MakeCredential,
        _ => QrCodeOperationHint::GetAssertionRequest,
    };
    let mut device = PxpQrCodeDevice::new_transient(hint, PxpTransports::CloudAssistedOnly)?;
    println!("code {}", device.qr_code.to_string());
    let mut channel = device.channel(ChannelSettings::default()).await.map_err(|error| format!("{error:?}"))?;
    let response = if wish == "create" {
        let request = MakeCredentialRequest::prepare(&origin, options, &settings)
            .await
            .map_err(|error| format!("{error:?}"))?;
        let response = channel.webauthn_make_credential(&request).await.map_err(|error| format!("{error:?}"))?;
        response.to_json_string(&request, JsonFormat::default()).map_err(|error| format!("{error:?}"))?
    } else {
        let request = GetAssertionRequest::prepare(&origin, options, &settings)
            .await
            .map_err(|error| format!("{error:?}"))?;
        let response = channel.webauthn_get_assertion(&request).await.map_err(|error| format!("{error:?}"))?;
        let assertion = response.assertions.first().ok_or("no assertion")?;
        assertion.to_json_string(&request, JsonFormat::default()).map_err(|error| format!("{error:?}"))?
    };
    println!("response {response}");
    channel.close().await;
    Ok(())
}

/// Every name is this machine: the real function is asked for 127.0.0.1 in its place.
///
/// # Safety
///
/// As the C library's: `service`, `hints` and `results` go through to it unchanged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn getaddrinfo(
    _: *const c_char,
    service: *const c_char,
    hints: *const libc::addrinfo,
    results: *mut *mut libc::addrinfo,
) -> c_int {
    type Real =
        unsafe extern "C" fn(*const c_char, *const c_char, *const libc::addrinfo, *mut *mut libc::addrinfo) -> c_int;
    // SAFETY: the name is a C string, and what is found under it has this type.
    unsafe {
        let found: *mut c_void = libc::dlsym(libc::RTLD_NEXT, c"getaddrinfo".as_ptr());
        if found.is_null() {
            return libc::EAI_SYSTEM;
        }
        let real: Real = std::mem::transmute(found);
        real(c"127.0.0.1".as_ptr(), service, hints, results)
    }
}

/// Port 443 is the relay's port; everything else (D-Bus) connects as it is.
///
/// # Safety
///
/// As the C library's: `address` points to `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn connect(socket: c_int, address: *const libc::sockaddr, length: libc::socklen_t) -> c_int {
    // SAFETY: the family says which structure it is, and the copy is as long as that.
    unsafe {
        if c_int::from((*address).sa_family) == libc::AF_INET {
            let mut inet = *address.cast::<libc::sockaddr_in>();
            if u16::from_be(inet.sin_port) == 443 {
                inet.sin_port = RELAY.load(Ordering::Relaxed).to_be();
            }
            return libc::syscall(libc::SYS_connect, socket, &raw const inet, length) as c_int;
        }
        libc::syscall(libc::SYS_connect, socket, address, length) as c_int
    }
}

/// A ceremony takes less than a second, on a busy machine some.
const LIMIT: Duration = Duration::from_secs(60);
