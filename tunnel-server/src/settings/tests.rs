//! Every key is taken over, documented, and refused if it can't be meant.

use std::collections::BTreeSet;

use super::*;

fn parse(text: &str) -> Result<Settings, toml::de::Error> {
    toml::from_str(text)
}

#[test]
fn an_empty_file_with_dev_is_the_default_configuration() {
    let config = parse("dev = true").unwrap().config().unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.limits, Limits::default());
    assert_eq!(config.max_message, Config::MAX_MESSAGE);
}

#[test]
fn each_key_is_taken_over() {
    let settings = parse(
        r#"
        listen = "[::]:443"
        admin = "127.0.0.1:9090"
        drain_seconds = 5
                [tls]
        certificate = "cert.pem"
        key = "key.pem"
        reload_seconds = 1
        handshake_seconds = 2
        [access]
        origins = ["wss://cable.example"]
        addresses = ["198.51.100.0/24"]
        [proxy]
        addresses = ["192.0.2.1", "2001:db8::/32"]
        source = "proxy-protocol"
        [limits]
        tunnels = 3
        message_bytes = 4
        messages = 5
        bytes = 6
        held_messages = 7
        held_bytes = 8
        head_seconds = 9
        join_seconds = 10
        idle_seconds = 11
        stall_seconds = 12
        life_seconds = 13
        [address]
        setups = 14
        open = 15
        burst = 16
        per_minute = 17
        loopback = true
        "#,
    )
    .unwrap();
    let config = settings.config().unwrap();
    assert_eq!(settings.drain(), Duration::from_secs(5));
    assert_eq!((config.listen.port(), config.admin.unwrap().port()), (443, 9090));
    let proxies = config.proxies.unwrap();
    assert_eq!(
        (proxies.addresses.len(), proxies.source),
        (2, ProxySource::ProxyProtocol)
    );
    assert!(config.access.addresses[0].contains([198, 51, 100, 7].into()));
    assert!(matches!(config.security, Security::Tls(_)));
    assert_eq!(config.access.origins, ["wss://cable.example"]);
    assert_eq!(
        [config.reload, config.tls_limit, config.head_limit].map(|limit| limit.as_secs()),
        [1, 2, 9]
    );
    assert_eq!((config.max_tunnels, config.max_message), (3, 4));
    let limits = config.limits;
    assert_eq!(
        (
            limits.messages,
            limits.bytes,
            limits.held_messages,
            limits.held_bytes
        ),
        (5, 6, 7, 8)
    );
    let times = [limits.join, limits.idle, limits.stall, limits.life].map(|limit| limit.as_secs());
    assert_eq!(times, [10, 11, 12, 13]);
    let address = AddressLimits {
        setups: 14,
        open: 15,
        burst: 16,
        per_minute: 17,
        loopback: true,
    };
    assert_eq!(config.address_limits, address);
}

#[test]
fn acme_orders_for_its_hosts_at_lets_encrypt_unless_told_otherwise() {
    let acme = |more: &str| {
        let text = format!("listen = '0.0.0.0:443'\n[acme]\nhosts = ['h']\nfolder = '/f'\n{more}");
        match parse(&text).unwrap().config().unwrap().security {
            Security::Acme(acme) => acme,
            other @ (Security::PlainLoopback | Security::Tls(_)) => panic!("{other:?}"),
        }
    };
    assert_eq!(acme("").directory, Acme::LETS_ENCRYPT);
    let other = acme("directory = 'https://d'\ncontacts = ['mailto:m']\nroots = 'r.pem'");
    assert_eq!(
        (other.directory.as_str(), other.contacts.as_slice()),
        ("https://d", &["mailto:m".to_owned()][..])
    );
    assert_eq!(
        (other.hosts, other.roots),
        (vec!["h".to_owned()], Some("r.pem".into()))
    );
}

#[test]
fn a_range_that_is_none_is_explained() {
    let error = parse("access.addresses = ['192.0.2.1/24']")
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("its range is 192.0.2.0/24"), "{error}");
}

#[test]
fn an_unknown_key_is_named() {
    for (text, key) in [
        ("lisen = 1", "lisen"),
        ("[limits]\nidle = 5", "idle"),
        ("[tsl]\nkey = 'k'", "tsl"),
    ] {
        let error = parse(text).err().unwrap().to_string();
        assert!(error.contains(&format!("unknown field `{key}`")), "{error}");
    }
}

/// The fields that TOML's error about an unknown one lists.
fn fields(table: &str) -> Vec<String> {
    let error = parse(&format!("{table}no_such_key = 1"))
        .err()
        .unwrap()
        .to_string();
    let expected = error.rsplit("expected ").next().unwrap();
    // Names are in backticks; between them are commas, or "or" if there are two.
    expected
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_documented_keys_are_the_ones_there_are() {
    let document = include_str!("../../../docs/operator/configuration.md");
    let documented: BTreeSet<_> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(key, _)| key.to_owned())
        .collect();
    let tables = ["tls", "acme", "proxy", "access", "limits", "address"];
    let root = fields("")
        .into_iter()
        .filter(|field| !tables.contains(&field.as_str()));
    let nested = tables.iter().flat_map(|table| {
        let fields = fields(&format!("{table}.")).into_iter();
        fields.map(move |field| format!("{table}.{field}"))
    });
    assert_eq!(documented, root.chain(nested).collect());
}

#[test]
fn the_packaged_configuration_is_valid() {
    let settings = parse(include_str!("../../../packaging/tunnel.toml")).unwrap();
    settings.config().unwrap();
}

#[test]
fn what_is_missing_or_contradicts_itself_is_told() {
    for (text, expected) in [
        ("", "no address to listen on"),
        ("listen = '0.0.0.0:443'", "no certificate"),
        ("listen = '0.0.0.0:443'\ntls.key = 'k'", "no certificate"),
        ("dev = true\ntls.key = 'k'", "serves without TLS"),
        ("dev = true\nacme.hosts = ['h']", "serves without TLS"),
        (
            "listen = '0.0.0.0:443'\nacme.hosts = ['h']",
            "needs `acme.folder`",
        ),
        (
            "listen = '0.0.0.0:443'\nacme.hosts = ['h']\ntls.key = 'k'",
            "`acme.hosts` gets a certificate",
        ),
        ("dev = true\nproxy.source = 'forwarded'", "go together"),
        ("dev = true\nproxy.addresses = ['192.0.2.1']", "go together"),
        (
            "dev = true\nlimits.messages = 0",
            "`limits.messages` must not be zero",
        ),
        (
            "dev = true\naccess.token_file = '/no/such/token'",
            "/no/such/token can't be read",
        ),
    ] {
        let error = parse(text).unwrap().config().unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn a_token_is_the_first_line_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let settings = parse(&format!("dev = true\naccess.token_file = '{}'", file.display())).unwrap();
    fs::write(&file, "sesame\nsecond line\n").unwrap();
    assert_eq!(settings.config().unwrap().access.token.as_deref(), Some("sesame"));
    fs::write(&file, "\n").unwrap();
    assert!(matches!(settings.config(), Err(SettingsError::NoToken(_))));
}
