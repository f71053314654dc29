//! Uploaded pictures that are accepted, and those that are not.

use super::*;

/// A PNG of `width` × `height` pixels, each from `pixel`.
fn png_picture(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.add_text_chunk("Comment".to_owned(), "bowline-secret-comment".to_owned()).unwrap();
    let mut writer = encoder.write_header().unwrap();
    let pixels: Vec<u8> =
        (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y)).collect();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    file
}

fn picture_pixels(file: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut decoder = png::Decoder::new(Cursor::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    (frame.width, frame.height, pixels)
}

fn logo_refusal(file: &[u8]) -> String {
    Logo::read(file).unwrap_err().to_string()
}

fn cleaned_svg(svg: &str) -> String {
    let logo = Logo::read(svg.as_bytes()).unwrap();
    assert_eq!(logo.format, LogoFormat::Svg);
    String::from_utf8(logo.bytes).unwrap()
}

const SVG: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">"#;

#[test]
fn a_png_is_written_again_with_the_same_pixels() {
    let file = png_picture(64, 48, |x, y| [x.to_le_bytes()[0], y.to_le_bytes()[0], 90, 255]);
    let mut file_and_more = file.clone();
    file_and_more.extend(b"<script>alert(1)</script>");
    let logo = Logo::read(&file_and_more).unwrap();
    assert_eq!(logo.format, LogoFormat::Png);
    assert_eq!(picture_pixels(&logo.bytes), picture_pixels(&file));
    for hidden in ["bowline-secret-comment", "<script>"] {
        assert!(!logo.bytes.windows(hidden.len()).any(|part| part == hidden.as_bytes()), "{hidden}");
    }
    assert_eq!(Logo::read(&logo.bytes).unwrap().digest(), logo.digest(), "it is stable");
}

#[test]
fn a_png_with_a_palette_keeps_it() {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 4, 2);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette(vec![0, 0, 0, 255, 0, 0, 0, 255, 0, 9, 9, 9]);
    encoder.set_trns(vec![0, 255, 128]);
    encoder.write_header().unwrap().write_image_data(&[0b0001_1011, 0b1110_0100]).unwrap();
    assert_eq!(picture_pixels(&Logo::read(&file).unwrap().bytes), picture_pixels(&file));
}

#[test]
fn a_png_that_is_too_wide_too_large_or_broken_is_refused() {
    // 30,000 × 30,000 pixels of one colour: a bomb of a few hundred bytes, of which no pixel is decoded.
    let mut wide = png_picture(1, 1, |_, _| [0; 4]);
    wide[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    let crc = crc32fast::hash(&wide[12..29]);
    wide[29..33].copy_from_slice(&crc.to_be_bytes());
    assert!(
        logo_refusal(&wide).contains("30000 × 30000 pixels; at most 1024 × 1024"),
        "{}",
        logo_refusal(&wide)
    );
    // As large as is accepted, and much smaller as a file.
    let flat = png_picture(1024, 1024, |_, _| [200, 10, 10, 255]);
    assert!(flat.len() < LARGEST_UPLOAD && Logo::read(&flat).is_ok());
    let noise = png_picture(96, 96, |x, y| {
        crc32fast::hash(&[x.to_le_bytes(), y.to_le_bytes()].concat()).to_le_bytes()
    });
    assert!(logo_refusal(&noise).contains("16 KiB"), "{}", logo_refusal(&noise));
    let whole = png_picture(64, 64, |x, y| [x.to_le_bytes()[0], y.to_le_bytes()[0], 1, 255]);
    for broken in [&whole[..whole.len() / 2], &whole[..20], PNG_SIGNATURE] {
        assert!(logo_refusal(broken).contains("complete and correct PNG"), "{}", logo_refusal(broken));
    }
    assert!(logo_refusal(&vec![b'<'; LARGEST_UPLOAD + 1]).contains("at most 44 KiB"));
}

#[test]
fn an_svg_keeps_its_shapes_and_loses_what_acts() {
    let file = format!(
        r#"<?xml version="1.0"?>{SVG}<script>alert(1)</script><style>.a{{fill:#0a5c8a}}</style>
        <a href="https://evil.example/"><path class="a" onclick="alert(1)" d="M0 0h8v8z"/></a><foreignObject><b xmlns="http://www.w3.org/1999/xhtml">x</b></foreignObject>
        <linearGradient id="g"/><rect fill="url(#g)" width="1" height="1"/></svg>"#
    );
    let text = cleaned_svg(&file);
    for gone in ["script", "onclick", "evil", "foreignObject", "alert", "xhtml"] {
        assert!(!text.contains(gone), "{gone}: {text}");
    }
    for kept in ["<path", "M0 0h8v8z", ".a{fill:#0a5c8a}", "url(#g)"] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
}

#[test]
fn an_svg_that_leads_out_moves_or_multiplies_is_refused() {
    let part = "<use href=\"#a\"/>".repeat(17);
    for (inside, expected) in [
        ("<image href=\"/v1/accounts\"/>", "refers to another file"),
        ("<rect style=\"fill:url(/link/x)\"/>", "refers to another file"),
        ("<rect><animate attributeName=\"x\" to=\"9\"/></rect>", "must not move"),
        ("<style>@keyframes a{to{opacity:0}}</style>", "must not move"),
        ("<filter id=\"f\"/>", "filter effects"),
        (part.as_str(), "more than 16 times"),
        ("<g>", "well-formed"),
        ("&unknown;", "well-formed"),
    ] {
        let said = logo_refusal(format!("{SVG}{inside}</svg>").as_bytes());
        assert!(said.contains(expected), "{inside}: {said}");
    }
    let huge = SVG.replace("viewBox", "width=\"100000\" viewBox");
    assert!(logo_refusal(format!("{huge}</svg>").as_bytes()).contains("at most 1024"));
    for length in ["100%", "2em", "512px"] {
        cleaned_svg(&format!("{}</svg>", SVG.replace("viewBox", &format!("width=\"{length}\" viewBox"))));
    }
    for other in ["<html><body/></html>", "<g xmlns=\"http://www.w3.org/2000/svg\"/>", "GIF89a", "", "{}"] {
        let said = logo_refusal(other.as_bytes());
        assert!(said.contains("SVG") || said.contains("svg"), "{other}: {said}");
    }
}

#[test]
fn an_svg_whose_entities_multiply_is_refused() {
    let entities: String = (1..9)
        .flat_map(|n| ["<!ENTITY e".to_owned(), format!("{n} \"{}\">", format!("&e{};", n - 1).repeat(10))])
        .collect();
    let bomb = format!("<!DOCTYPE svg [<!ENTITY e0 \"0123456789\">{entities}]>{SVG}<text>&e8;</text></svg>");
    let said = logo_refusal(bomb.as_bytes());
    assert!(said.contains("well-formed") || said.contains("16 KiB"), "{said}");
}
