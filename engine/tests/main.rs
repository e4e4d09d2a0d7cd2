//! The engine's tests across files: the lake against a model, the manifest suite.

mod lake;
