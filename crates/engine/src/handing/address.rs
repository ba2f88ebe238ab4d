//! A path as a `file:` address (RFC 8089), for paths of every system: lists are read on other computers, and tests of
//! one system hold for all.

/// The address of an absolute path: `/home/a b`, `C:\a b`, `\\server\share\a`.
pub(crate) fn file_url(path: &str) -> String {
    let path = path.strip_prefix(r"\\?\UNC\").map_or_else(
        || path.strip_prefix(r"\\?\").unwrap_or(path).to_owned(),
        |share| format!(r"\\{share}"),
    );
    let drive = path.as_bytes();
    let on_drive = drive.first().is_some_and(u8::is_ascii_alphabetic) && drive.get(1) == Some(&b':');
    if let Some(share) = path.strip_prefix(r"\\") {
        return format!("file://{}", encoded(&share.replace('\\', "/")));
    }
    if on_drive {
        let rest = path.get(2..).unwrap_or_default().replace('\\', "/");
        return format!("file:///{}{}", path.get(..2).unwrap_or_default(), encoded(&rest));
    }
    format!("file://{}", encoded(&path))
}

/// What is not plain is written as its bytes; a separator stays one.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}
