//! `motcua check`.

use std::process::ExitCode;

use domain::procedure::Authority;

use crate::cli::Check;
use crate::config::Config;
use crate::{Failure, catalogue};

/// Prints what was understood of configuration and catalogue. Secrets are not shown.
pub fn run(flags: &Check) -> Result<ExitCode, Failure> {
    let config = Config::read(flags.config.as_deref())?;
    let catalogue = catalogue::read(config.catalogue.as_deref())?;
    println!("database          {}", store::shown(&config.database));
    println!("listen            {}", config.listen);
    println!(
        "secret_file       {} (not shown)",
        config.secret_file.display()
    );
    println!("reflection        {}", config.reflection);
    println!("queue             {}", config.queue);
    println!("readers           {}", config.readers);
    println!("shutdown_seconds  {}", config.shutdown_seconds);
    println!("log               {} ({:?})", config.log, config.log_format);
    match &config.catalogue {
        Some(folder) => println!("catalogue         {}", folder.display()),
        None => println!("catalogue         the one inside this binary"),
    }
    let procedures: Vec<_> = catalogue.procedures.iter().collect();
    let outlines = procedures
        .iter()
        .filter(|procedure| procedure.is_outline() && procedure.authority == Authority::Ours)
        .count();
    let mirrored = procedures
        .iter()
        .filter(|procedure| procedure.authority != Authority::Ours)
        .count();
    let national = catalogue.calendars.national();
    println!("units             {}", catalogue.units.len());
    println!(
        "procedures        {}: {} with steps, {outlines} outlines, {mirrored} mirrored",
        procedures.len(),
        procedures.len() - outlines - mirrored,
    );
    println!(
        "calendar          {} from {} to {}",
        national.id(),
        national.first_day(),
        national.last_day()
    );
    match catalogue.intake.answer {
        Some(limit) => println!("answer within     {limit} of an online submission"),
        None => println!("answer within     no rule"),
    }
    Ok(ExitCode::SUCCESS)
}
