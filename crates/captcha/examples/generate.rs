//! Writes labelled images (and sounds) into a folder, to look at them or to measure what reads them:
//! `cargo run -p captcha --release --example generate -- --level normal --count 300 --out DIR [--seed N] [--sound]`.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use captcha::Level;
use rand::SeedableRng;
use rand::rngs::StdRng;

struct Arguments {
    level: Level,
    count: u32,
    out: PathBuf,
    seed: u64,
    sound: bool,
}

impl Arguments {
    fn read() -> Result<Self, Box<dyn Error>> {
        let mut read = Self { level: Level::Normal, count: 20, out: PathBuf::from("captchas"), seed: 1, sound: false };
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
    println!(
        "{} images, {:?} and {} bytes each, the largest {most}",
        arguments.count,
        time / arguments.count.max(1),
        bytes / arguments.count.max(1) as usize,
    );
    Ok(())
}
