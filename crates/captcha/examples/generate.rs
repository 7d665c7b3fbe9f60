//! Writes labelled images (and sounds) into a folder, to look at them or to measure what reads them:
//! `cargo run -p captcha --release --example generate -- --level normal --count 300 --out DIR [--seed N]
//! [--sound [--language es|en|ht]]`.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use captcha::{Language, Level};
use rand::SeedableRng;
use rand::rngs::StdRng;

struct Arguments {
    level: Level,
    count: u32,
    out: PathBuf,
    seed: u64,
    sound: bool,
    language: Language,
}

impl Arguments {
    fn read() -> Result<Self, Box<dyn Error>> {
        let mut read = Self {
            level: Level::Normal,
            count: 20,
            out: PathBuf::from("captchas"),
            seed: 1,
            sound: false,
            language: Language::Spanish,
        };
        let mut words = std::env::args().skip(1);
        while let Some(name) = words.next() {
            let mut value = || words.next().ok_or(format!("{name} needs a value"));
            match name.as_str() {
                "--level" => {
                    read.level = match value()?.as_str() {
                        "normal" => Level::Normal,
                        "alto" => Level::Alto,
                        other => return Err(format!("no level {other}: normal or alto").into()),
                    }
                }
                "--count" => read.count = value()?.parse()?,
                "--out" => read.out = value()?.into(),
                "--seed" => read.seed = value()?.parse()?,
                "--language" => {
                    read.language = match value()?.as_str() {
                        "es" => Language::Spanish,
                        "en" => Language::English,
                        "ht" => Language::Kreyol,
                        other => return Err(format!("no language {other}: es, en or ht").into()),
                    }
                }
                "--sound" => read.sound = true,
                other => return Err(format!("unknown argument {other}").into()),
            }
        }
        Ok(read)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    std::fs::create_dir_all(&arguments.out)?;
    let mut rng = StdRng::seed_from_u64(arguments.seed);
    let (mut times, mut sizes) = (Vec::new(), Vec::new());
    for n in 0..arguments.count {
        let label = captcha::letters(&mut rng);
        let start = Instant::now();
        let image = captcha::image(&label, arguments.level, &mut rng)?;
        times.push(start.elapsed());
        sizes.push(image.len());
        std::fs::write(arguments.out.join(format!("{label}_{n}.png")), image)?;
    }
    if arguments.sound {
        for n in 0..arguments.count {
            let label = captcha::digits(&mut rng);
            let sound = captcha::sound(&label, arguments.language, &mut rng)?;
            std::fs::write(arguments.out.join(format!("{label}_{n}.wav")), sound)?;
        }
    }
    let total: Duration = times.iter().sum();
    println!(
        "{} images, seed {}: {:.0} a second, half of them within {:.1} ms; bytes: half within {}, 95 of 100 within {}, at most {}",
        arguments.count,
        arguments.seed,
        f64::from(arguments.count) / total.as_secs_f64(),
        share(&mut times, 50).as_secs_f64() * 1000.0,
        share(&mut sizes, 50),
        share(&mut sizes, 95),
        share(&mut sizes, 100),
    );
    Ok(())
}

/// What so many of a hundred do not exceed.
fn share<T: Copy + Default + Ord>(values: &mut [T], percent: usize) -> T {
    values.sort_unstable();
    let at = (values.len() * percent).div_ceil(100).saturating_sub(1);
    values.get(at).copied().unwrap_or_default()
}
