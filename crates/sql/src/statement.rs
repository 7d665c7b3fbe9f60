//! A statement: a literal text and its values.

/// One value on its way into a statement. Each carries its type even when it is NULL, because PostgreSQL wants to know.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// BIGINT
    Int(Option<i64>),
    /// TEXT
    Text(Option<String>),
    /// BYTEA
    Bytes(Option<Vec<u8>>),
    /// BOOLEAN
    Bool(Option<bool>),
}

/// Values may be secret: only the type is printed.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Int(_) => "Int",
            Self::Text(_) => "Text",
            Self::Bytes(_) => "Bytes",
            Self::Bool(_) => "Bool",
        })
    }
}

/// A type that has one place among the four column types. Domain types implement it to be storable when absent, too.
pub trait Typed: Into<Value> {
    /// NULL of the type.
    const NULL: Value;
}

impl<T: Typed> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(T::NULL, Into::into)
    }
}

macro_rules! typed {
    ($($type:ty => $variant:ident $convert:expr;)*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self { Self::$variant(Some($convert(value))) }
        }
        impl Typed for $type {
            const NULL: Value = Value::$variant(None);
        }
    )*};
}

typed! {
    i64 => Int std::convert::identity;
    bool => Bool std::convert::identity;
    String => Text std::convert::identity;
    &str => Text str::to_owned;
    Vec<u8> => Bytes std::convert::identity;
    &[u8] => Bytes <[u8]>::to_vec;
    [u8; 16] => Bytes Vec::from;
    [u8; 32] => Bytes Vec::from;
}

/// A literal text with its values in the order of `$1`, `$2`, …. Made by [`sql!`](crate::sql!).
#[derive(Debug, Clone)]
pub struct Statement {
    pub(crate) text: &'static str,
    pub(crate) values: Vec<Value>,
}

impl Statement {
    #[doc(hidden)]
    pub fn new(text: &'static str, values: Vec<Value>) -> Self {
        Self { text, values }
    }
}

/// `sql!("SELECT … WHERE rut = $1", rut)`: a [`Statement`]. The text must be a literal.
#[macro_export]
macro_rules! sql {
    ($text:literal $(, $value:expr)* $(,)?) => {
        $crate::Statement::new($text, vec![$($crate::Value::from($value)),*])
    };
}
