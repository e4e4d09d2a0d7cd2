//! Where values come from, and which of them counts.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command};

use super::options::{OPTIONS, OptionSpec};
use super::{ConfigError, file};

const FILE_ENV: &str = "ALOFTLY_CONFIG";

/// Where a value was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// On the command line.
    Flag,
    /// In an environment variable.
    Environment,
    /// In the TOML file.
    File(PathBuf),
    /// Nowhere.
    Default,
}

impl Origin {
    /// The name under which the value of an option was given, for messages.
    #[must_use]
    pub fn name(&self, spec: &OptionSpec) -> String {
        match self {
            Self::Flag => spec.flag(),
            Self::Environment | Self::Default => spec.env.to_owned(),
            Self::File(path) => format!("{} in {}", spec.key, path.display()),
        }
    }
}

/// A value as text, and where it was given.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) text: String,
    pub(super) origin: Origin,
}

/// The options given on the command line. Flattened into the command, it adds one global flag for each option.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    values: BTreeMap<&'static str, String>,
    file: Option<PathBuf>,
}

impl clap::FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        if let Some(file) = matches.get_one::<PathBuf>("config") {
            self.file = Some(file.clone());
        }
        for spec in OPTIONS {
            if let Some(value) = matches.get_one::<String>(spec.key) {
                self.values.insert(spec.key, value.clone());
            }
        }
        Ok(())
    }
}

impl clap::Args for Flags {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new("config")
            .long("config")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .global(true)
            .help_heading("Configuration")
            .help(format!("TOML file with any of the options below [env: {FILE_ENV}]"));
        OPTIONS.iter().fold(command.arg(file), |command, spec| {
            let default = if spec.default.is_empty() { String::new() } else { format!(" [default: {}]", spec.default) };
            command.arg(
                Arg::new(spec.key)
                    .long(spec.key.replace('_', "-"))
                    .value_name("VALUE")
                    .global(true)
                    .hide_short_help(true)
                    .help_heading("Configuration")
                    .help(format!("{} [env: {}]{default}", spec.help, spec.env)),
            )
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// The value of every option, each from the layer that counts.
#[derive(Clone, Debug)]
pub struct Layers {
    given: BTreeMap<&'static str, Given>,
}

impl Layers {
    /// Puts flags over the environment over the file over the defaults. Empty environment variables count as not given.
    ///
    /// # Errors
    /// The file cannot be read, is no TOML, or has keys that are no option.
    pub fn read(flags: &Flags, environment: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let variable = |name: &str| environment(name).filter(|value| !value.is_empty());
        let path = flags.file.clone().or_else(|| variable(FILE_ENV).map(PathBuf::from));
        let in_file = match &path {
            Some(path) => read_file(path)?,
            None => BTreeMap::new(),
        };
        let mut given = BTreeMap::new();
        let mut problems = Vec::new();
        for spec in OPTIONS {
            let mut take = |text: String, origin: Origin| given.insert(spec.key, Given { text, origin });
            if let Some(text) = flags.values.get(spec.key) {
                take(text.clone(), Origin::Flag);
            } else if let Some(value) = variable(spec.env) {
                match value.into_string() {
                    Ok(text) => drop(take(text, Origin::Environment)),
                    Err(_) => problems.push(format!("{} is not valid UTF-8", spec.env)),
                }
            } else if let (Some(text), Some(path)) = (in_file.get(spec.key), &path) {
                take(text.clone(), Origin::File(path.clone()));
            } else {
                take(spec.default.to_owned(), Origin::Default);
            }
        }
        if problems.is_empty() { Ok(Self { given }) } else { Err(ConfigError { problems }) }
    }

    /// The defaults alone, with the given values as if they came from flags.
    #[must_use]
    pub fn of(values: &[(&'static str, &str)]) -> Self {
        let value = |spec: &OptionSpec| {
            let flag = values.iter().find(|(key, _)| *key == spec.key);
            flag.map_or(Given { text: spec.default.to_owned(), origin: Origin::Default }, |(_, text)| Given {
                text: (*text).to_owned(),
                origin: Origin::Flag,
            })
        };
        Self { given: OPTIONS.iter().map(|spec| (spec.key, value(spec))).collect() }
    }

    pub(super) fn get(&self, key: &str) -> Option<(&'static OptionSpec, &Given)> {
        let spec = OPTIONS.iter().find(|spec| spec.key == key)?;
        Some((spec, self.given.get(key)?))
    }
}

fn read_file(path: &Path) -> Result<BTreeMap<&'static str, String>, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::one(format!("cannot read {}: {error}", path.display())))?;
    file::parse(&text).map_err(|problems| ConfigError {
        problems: problems.into_iter().map(|problem| format!("{}: {problem}", path.display())).collect(),
    })
}
