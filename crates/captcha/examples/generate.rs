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
    let (mut time, mut bytes, mut most) = (Duration::ZERO, 0, 0);
    for n in 0..arguments.count {
        let label = captcha::letters(&mut rng);
        let start = Instant::now();
        let image = captcha::image(&label, arguments.level, &mut rng)?;
        time += start.elapsed();
        bytes += image.len();
        most = most.max(image.len());
        std::fs::write(arguments.out.join(format!("{label}_{n}.png")), image)?;
    }
    if arguments.sound {
        for n in 0..arguments.count {
            let label = captcha::digits(&mut rng);
            let sound = captcha::sound(&label, arguments.language, &mut rng)?;
            std::fs::write(arguments.out.join(format!("{label}_{n}.wav")), sound)?;
        }
    }
    println!(
        "{} images, {:?} and {} bytes each, the largest {most}",
        arguments.count,
        time / arguments.count.max(1),
        bytes / arguments.count.max(1) as usize,
    );
    Ok(())
}
