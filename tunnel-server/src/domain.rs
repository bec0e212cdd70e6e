//! Host names that browsers derive from a 16-bit number (CTAP 2.3 §11.5): which one could be ours?

use roamkey_hybrid::TunnelDomain;

/// What to look for among the 65,280 hashed names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Top-level domain without its dot: com, org, net or info.
    pub tld: Option<&'a str>,
    /// Letters between `cable.` and the top-level domain.
    pub length: Option<usize>,
}

/// The hashed names that fit, shortest first.
#[must_use]
pub fn find(wanted: &Wanted<'_>) -> Vec<TunnelDomain> {
    let mut found: Vec<_> = (0..=u16::MAX)
        .filter_map(|id| TunnelDomain::new(id).ok())
        .filter(|domain| domain.is_hashed())
        .filter_map(|domain| {
            let host = domain.host();
            let (label, tld) = parts(&host)?;
            let fits = wanted.tld.is_none_or(|wanted| wanted.eq_ignore_ascii_case(tld))
                && wanted.length.is_none_or(|length| length == label.len());
            fits.then_some((label.len(), domain))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, domain)| domain).collect()
}

/// The name one would have to register: the host without `cable.`.
#[must_use]
pub fn registered(host: &str) -> &str {
    host.strip_prefix(PREFIX).unwrap_or(host)
}

fn parts(host: &str) -> Option<(&str, &str)> {
    registered(host).rsplit_once('.')
}

const PREFIX: &str = "cable.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hashed_name_is_found_when_nothing_is_wanted() {
        assert_eq!(find(&Wanted::default()).len(), 65_280);
    }

    #[test]
    fn top_level_domain_and_length_narrow_the_search() {
        let wanted = Wanted {
            tld: Some("org"),
            length: Some(12),
        };
        let found = find(&wanted);
        assert!(!found.is_empty());
        for domain in found {
            let host = domain.host();
            assert!(host.starts_with("cable.") && host.ends_with(".org"));
            assert_eq!(host.len(), "cable.".len() + 12 + ".org".len());
        }
    }

    #[test]
    fn the_name_to_register_has_no_prefix() {
        assert_eq!(registered("cable.wufkweyy3uaxb.com"), "wufkweyy3uaxb.com");
    }
}
