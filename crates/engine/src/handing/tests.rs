use super::address::file_url;
use super::rate::Rate;
use super::template;

#[test]
fn addresses_are_right_for_the_paths_of_every_system() {
    for (path, address) in [
        (
            "/home/mei/雨 夜/0001 #1.mp4",
            "file:///home/mei/%E9%9B%A8%20%E5%A4%9C/0001%20%231.mp4",
        ),
        ("/a/100%?.mp4", "file:///a/100%25%3F.mp4"),
        (r"C:\Users\Mei\EP 03\a&b.mp4", "file:///C:/Users/Mei/EP%2003/a%26b.mp4"),
        (r"\\?\D:\long\x.mp4", "file:///D:/long/x.mp4"),
        (r"\\nas\media\x y.mp4", "file://nas/media/x%20y.mp4"),
        (r"\\?\UNC\nas\media\x.mp4", "file://nas/media/x.mp4"),
    ] {
        assert_eq!(file_url(path), address);
    }
    // What the standard reads of it is the path again.
    let back = url::Url::parse(&file_url("/home/mei/雨 夜/0001 #1%.mp4")).unwrap();
    #[cfg(unix)]
    assert_eq!(
        back.to_file_path().unwrap().to_str(),
        Some("/home/mei/雨 夜/0001 #1%.mp4")
    );
    assert!(back.fragment().is_none() && back.query().is_none());
}

#[test]
fn rates_are_fractions_that_editors_know() {
    for (frames, ticks, timescale, rate) in [
        (192, 98_304, 12_288, (24, 1)),
        (192, 192_192, 24_000, (24_000, 1001)),
        (240, 240_240, 30_000, (30_000, 1001)),
        (200, 8_000, 1_000, (25, 1)),
        (70, 10_000, 1_000, (7_000, 1000)),
        (0, 0, 0, (24, 1)),
    ] {
        let found = Rate::measured(frames, ticks, timescale);
        assert_eq!((found.number, found.of), rate, "{frames} in {ticks}/{timescale}");
    }
    let (film, video) = (
        Rate { number: 24, of: 1 },
        Rate {
            number: 30_000,
            of: 1001,
        },
    );
    assert_eq!(film.filled_by(192, film), 192);
    assert_eq!(film.filled_by(240, video), 192);
}

#[test]
fn words_that_mean_nothing_are_named_and_stay() {
    assert_eq!(template::unknown("{batch}_{nr}_{nr}_{ number }{"), ["nr"]);
    let mut taken = std::collections::HashSet::new();
    let names: Vec<String> = (0..3).map(|_| template::free("Ab", "mp4", &mut taken)).collect();
    assert_eq!(names, ["Ab.mp4", "Ab (2).mp4", "Ab (3).mp4"]);
    assert_eq!(template::free("aB", "mp4", &mut taken), "aB (4).mp4");
}
