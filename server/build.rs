//! The migrations are embedded by a macro, and cargo does not see that it reads them.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
