//! Every statement in the source, put before the database.

use std::{fs, path::Path, str::FromStr as _};

use proc_macro2::{TokenStream, TokenTree};
use sql::Kind;

use crate::support::TestClave;

/// The texts of all `sql!("…")` in the file, as the compiler reads them.
fn statements(file: &Path, found: &mut Vec<String>) {
    let source = fs::read_to_string(file).unwrap();
    let tokens = TokenStream::from_str(&source).unwrap_or_else(|problem| panic!("{}: {problem}", file.display()));
    walk(tokens, file, found);
}

fn walk(tokens: TokenStream, file: &Path, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let called = matches!(
            (at.checked_sub(2).and_then(|at| tokens.get(at)), at.checked_sub(1).and_then(|at| tokens.get(at))),
            (Some(TokenTree::Ident(name)), Some(TokenTree::Punct(mark))) if *name == "sql" && mark.as_char() == '!'
        );
        if called {
            match group.stream().into_iter().next() {
                Some(TokenTree::Literal(text)) => found.push(syn::parse_str::<syn::LitStr>(&text.to_string()).unwrap().value()),
                other => panic!("{}: sql! with {other:?} instead of a literal hides from this test", file.display()),
            }
        }
        walk(group.stream(), file, found);
    }
}

fn in_folder(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            in_folder(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            statements(&path, found);
        }
    }
}

#[tokio::test]
async fn every_statement_is_understood_by_both() {
    let test = TestClave::new().await;
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    for name in ["clave", "sql", "web", "cli"] {
        in_folder(&crates.join(name).join("src"), &mut found);
    }
    assert!(found.len() >= 50, "only {} statements found: does the search still see them?", found.len());
    let mut refused = Vec::new();
    for text in found {
        // The migrations' lock is PostgreSQL's alone; SQLite has one writer anyway.
        if test.clave.db.kind() == Kind::Sqlite && text.contains("pg_advisory_xact_lock") {
            continue;
        }
        if let Err(problem) = test.clave.db.prepare(String::leak(text)).await {
            refused.push(clave::fault::chain(&problem));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn the_search_sees_statements_wherever_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let source = r#"
        // sql!("a comment")
        fn f() { let x = "sql!(\"a text\")"; g(sql!("SELECT \
            1"), sql!(r"SELECT 2", x)); macro_rules! m { () => { sql::sql!("SELECT 3") } } }
    "#;
    fs::write(folder.path().join("a.rs"), source).unwrap();
    let mut found = Vec::new();
    in_folder(folder.path(), &mut found);
    assert_eq!(found, ["SELECT 1", "SELECT 2", "SELECT 3"]);
}
