//! Policy files: TOML, of which every key must be known.

use roamkey_authenticator::VerificationMethod;
use toml::{Table, Value};

use super::{PasskeyRule, Pattern, Policy, PolicyError};

pub(super) fn policy(text: &str) -> Result<Policy, PolicyError> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        PolicyError::Syntax {
            line: before.unwrap_or_default().matches('\n').count().saturating_add(1),
            source: Box::new(error),
        }
    })?;
    let mut top = Section::new(String::new(), table);
    let minimum_pin_length = match top.section("pin")? {
        Some(mut pin) => {
            let length = pin.number("minimum_length", PIN_LENGTHS, "a number from 4 to 63")?;
            pin.end()?;
            length.and_then(|length| u8::try_from(length).ok())
        }
        None => None,
    };
    let allowed_verification = match top.section("verification")? {
        Some(mut verification) => {
            let allowed = methods(&mut verification)?;
            verification.end()?;
            allowed
        }
        None => None,
    };
    let mut passkey_rules: Vec<PasskeyRule> = Vec::new();
    for section in top.sections("passkey")? {
        let key = section.key("rp");
        let rule = passkey_rule(section)?;
        if passkey_rules.iter().any(|other| other.pattern == rule.pattern) {
            return Err(PolicyError::Duplicate { key });
        }
        passkey_rules.push(rule);
    }
    passkey_rules.sort_by(|a, b| a.pattern.cmp(&b.pattern));
    top.end()?;
    Ok(Policy {
        minimum_pin_length,
        allowed_verification,
        passkey_rules,
    })
}

fn passkey_rule(mut section: Section) -> Result<PasskeyRule, PolicyError> {
    let key = section.key("rp");
    let rp = section
        .take("rp")
        .ok_or(PolicyError::MissingKey { key: key.clone() })?;
    let pattern = text(&rp, &key)?;
    let pattern = Pattern::parse(pattern).ok_or(PolicyError::NotAllowed {
        key,
        expected: "a domain, `*.` and a domain, or `*`, in lower case",
    })?;
    let rule = PasskeyRule {
        pattern,
        maximum_age_days: section.number("maximum_age_days", DAYS, "a number from 1 to 36500")?,
        maximum_disuse_days: section.number("maximum_disuse_days", DAYS, "a number from 1 to 36500")?,
        warn_days: section
            .number("warn_days", 0..=MAX_DAYS, "a number from 0 to 36500")?
            .unwrap_or(WARN_DAYS),
    };
    if rule.maximum_age_days.is_none() && rule.maximum_disuse_days.is_none() {
        return Err(PolicyError::MissingKey {
            key: section.key("maximum_age_days"),
        });
    }
    section.end()?;
    Ok(rule)
}

fn methods(section: &mut Section) -> Result<Option<Vec<VerificationMethod>>, PolicyError> {
    let key = section.key("allowed");
    let Some(value) = section.take("allowed") else {
        return Ok(None);
    };
    let Value::Array(names) = value else {
        return Err(PolicyError::WrongType {
            key,
            expected: "a list of texts",
        });
    };
    let method = |name: &Value| match text(name, &key)? {
        "app_pin" => Ok(VerificationMethod::AppPin),
        "operating_system" => Ok(VerificationMethod::OperatingSystem),
        _ => Err(PolicyError::NotAllowed {
            key: key.clone(),
            expected: "made up of \"app_pin\" and \"operating_system\"",
        }),
    };
    let methods = names.iter().map(method).collect::<Result<Vec<_>, _>>()?;
    // Without any, no site that asks for verification could be used at all.
    if methods.is_empty() {
        return Err(PolicyError::NotAllowed {
            key,
            expected: "a list of at least one way",
        });
    }
    Ok(Some(methods))
}

/// A table whose keys are taken out one by one, so that what is left is unknown.
struct Section {
    name: String,
    table: Table,
}

impl Section {
    fn new(name: String, table: Table) -> Self {
        Self { name, table }
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.table.remove(key)
    }

    /// The key's full name.
    fn key(&self, key: &str) -> String {
        if self.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.name)
        }
    }

    fn section(&mut self, key: &str) -> Result<Option<Self>, PolicyError> {
        let name = self.key(key);
        match self.take(key) {
            None => Ok(None),
            Some(value) => Self::of(value, name).map(Some),
        }
    }

    /// The tables under `[[key]]`.
    fn sections(&mut self, key: &str) -> Result<Vec<Self>, PolicyError> {
        let name = self.key(key);
        let tables = match self.take(key) {
            None => return Ok(Vec::new()),
            Some(Value::Array(tables)) => tables,
            Some(_) => {
                return Err(PolicyError::WrongType {
                    key: name,
                    expected: "a list of tables",
                });
            }
        };
        let numbered = tables.into_iter().enumerate();
        numbered
            .map(|(number, value)| Self::of(value, format!("{name}[{number}]")))
            .collect()
    }

    fn of(value: Value, name: String) -> Result<Self, PolicyError> {
        if let Value::Table(table) = value {
            return Ok(Self::new(name, table));
        }
        Err(PolicyError::WrongType {
            key: name,
            expected: "a table",
        })
    }

    fn number(
        &mut self,
        key: &str,
        range: std::ops::RangeInclusive<u32>,
        expected: &'static str,
    ) -> Result<Option<u32>, PolicyError> {
        let name = self.key(key);
        let Some(value) = self.take(key) else {
            return Ok(None);
        };
        let Some(number) = value.as_integer() else {
            return Err(PolicyError::WrongType { key: name, expected });
        };
        match u32::try_from(number) {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            Ok(_) | Err(_) => Err(PolicyError::NotAllowed { key: name, expected }),
        }
    }

    fn end(self) -> Result<(), PolicyError> {
        match self.table.keys().next() {
            None => Ok(()),
            Some(unknown) => Err(PolicyError::UnknownKey {
                key: self.key(unknown),
            }),
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str, PolicyError> {
    value.as_str().ok_or_else(|| PolicyError::WrongType {
        key: key.to_owned(),
        expected: "a text",
    })
}

/// Characters, as CTAP 2.3 §6.5.1 bounds them.
const PIN_LENGTHS: std::ops::RangeInclusive<u32> = 4..=63;

/// A hundred years.
const MAX_DAYS: u32 = 36_500;
const DAYS: std::ops::RangeInclusive<u32> = 1..=MAX_DAYS;

/// Long enough to come by a machine that is used once a week.
const WARN_DAYS: u32 = 14;
