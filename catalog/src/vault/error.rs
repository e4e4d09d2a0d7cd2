//! What can go wrong with keys and what they seal. No error says anything of a key or of a sealed text.

/// Why something could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The database has data keys that were wrapped by master keys that are not given.
    #[error("the database has keys that were wrapped by {}, which this program was not given", listed(.ids))]
    MissingMasterKeys {
        /// The identities of those master keys.
        ids: Vec<String>,
    },
    /// A master key is not the one that its identity stands for.
    #[error("the key given as {} opens none of the keys that the database has of it: it is another one", listed(std::slice::from_ref(.id)))]
    WrongMasterKey {
        /// Its identity.
        id: String,
    },
    /// What was sealed is damaged, or was sealed for another place or under another key.
    #[error("{0} cannot be opened: it is damaged, or was sealed for another place")]
    Damaged(&'static str),
    /// It is sealed under a key that there is none of.
    #[error("{0} was sealed under a key that there is none of")]
    NoSuchKey(&'static str),
    /// Whoever keeps the master keys does not answer, or refuses.
    #[error("the keeper of the master keys does not answer or refuses")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The machine gives no random numbers, or a text is too long to be sealed.
    #[error("the machine could not seal: {0}")]
    Unsealable(&'static str),
}

fn listed(ids: &[String]) -> String {
    let named: Vec<_> = ids.iter().map(|id| format!("the master key {id:?}")).collect();
    named.join(" and ")
}

/// What is wrong with master keys as they were given. Which key it is is told by its place: whoever mixed up the parts of one must not find it
/// in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MasterKeyFault {
    /// There is none.
    #[error("it holds no key; `aloftly keys generate` makes one")]
    Nothing,
    /// It does not look like a key.
    #[error("key {0} is not of the form id:base64; `aloftly keys generate` makes one")]
    Form(usize),
    /// Its identity is none.
    #[error(
        "the id of key {0} must be 1 to 64 letters, digits, dots, dashes and underscores, and begin with a letter or a digit"
    )]
    Id(usize),
    /// What stands after the colon is not base64.
    #[error("key {0} is not base64 after its id and the colon")]
    Encoding(usize),
    /// It is not as long as a key is.
    #[error("key {0} must be 32 bytes and has {1}")]
    Length(usize, usize),
    /// It is not random.
    #[error("key {0} is weak: it must be 32 random bytes, as `aloftly keys generate` makes them")]
    Weak(usize),
    /// Its identity or its bytes are those of an earlier one.
    #[error("key {0} has the id or the bytes of a key before it")]
    Repeated(usize),
}
