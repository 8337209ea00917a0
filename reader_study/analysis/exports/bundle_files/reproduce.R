# Recompute every number of report.json from ratings.csv and protocol.json.
#
# Usage: Rscript reproduce.R [number of resamples, default 20000]
#
# Needs R 4 with the packages jsonlite, psych and boot; it uses nothing of the program that wrote
# the report. Intervals of rates come from prop.test (Wilson) and binom.test (Clopper-Pearson),
# kappa from psych, the resamples from boot. Written out here, because the packages have them
# otherwise or not at all: the standard errors of weighted kappa after Fleiss, Cohen & Everitt
# (1969; psych's variance of weighted kappa is another formula), AC1 after Gwet (2008; irrCAC has
# it too), and the BCa correction with its acceleration from leaving out one unit at a time (boot's
# own takes it from a regression).
#
# The bootstrap here uses other random numbers than the report, so its limits, counts of undefined
# resamples and histogram differ by Monte-Carlo error. Such a number is OK where the printed one
# lies within five standard errors of that difference; the table shows the range. Every other
# number must agree to six decimals. The edges of the histogram are a choice of the drawing: they
# are taken as printed, and the counts between them are recomputed.
#
# Ends with status 0 where all agree, 1 where a number does not, or was not recomputed.

suppressPackageStartupMessages({
  library(jsonlite)
  library(psych)
  library(boot)
})

tolerance <- 1e-6
standard_errors <- 5
refused_above <- 0.20
same_kappa <- 1e-12
schemes <- c("none", "linear", "quadratic")
all_schemes <- c(schemes, "dichotomised")

arguments <- commandArgs(trailingOnly = TRUE)
resamples <- if (length(arguments)) as.integer(arguments[1]) else 20000L
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
if (length(script)) setwd(dirname(normalizePath(script)))

report <- fromJSON("report.json", simplifyVector = FALSE)
protocol <- fromJSON("protocol.json", simplifyVector = FALSE)
for (part in c("study.R", "coefficients.R", "resampling.R", "further.R", "parts.R")) source(part)

# --- everything, in the shape of the report ------------------------------------------------------

rows <- read_rows("ratings.csv")
first_rows <- rows[match(unique(rows$case), rows$case), ]
study <- new_study(places(answers_of(rows, "grade")), first_rows$site)
plan <- list(
  weights = protocol$weights, resamples = protocol$resamples, ci_method = protocol$ci_method,
  by_site = identical(protocol$resampling_unit, "site")
)
two <- length(report$raters) == 2
drawn <- draw(study, plan)

# Groups in the order of print; a group that was not printed comes after them.
by_occlusion <- function(printed, key) {
  of_case <- first_rows[[paste0("occlusion_", key)]]
  names <- vapply(printed, function(group) group[[key]], "")
  if (!is.null(printed) && any(of_case != "")) names <- union(names, unique(of_case))
  lapply(names, function(name) list(rates = rates(study, which(of_case == name))))
}

# Parts that this report has; those of earlier releases lack some.
parts_of <- list(
  overall = function() further(study, report$overall),
  resampling = function() list(units = nrow(drawn$units)),
  disagreements = function() disagreements(rows, study),
  courses = function() courses(rows),
  territories = function() territories(rows, study, plan),
  questions = function() questions(rows, study, plan),
  unscorable = function() unscorable(rows),
  intra_rater = function() {
    Map(function(one, printed) of_repeats(one, plan, printed), read_repeats(rows),
      report$intra_rater)
  }
)
sites <- sort(unique(study$sites), method = "radix")
again <- c(
  list(
    levels = lapply(protocol$levels, function(level) list(value = level$value)),
    high_from = protocol$high_from, confidence = confidence,
    n_cases = nrow(study$grades), rates = rates(study),
    sites = lapply(sites, function(site) list(rates = rates(study, which(study$sites == site)))),
    sides = by_occlusion(report$sides, "side"),
    segments = by_occlusion(report$segments, "segment"),
    sensitivity = sensitivity(study), model = report$model
  ),
  if (two) of_pair(drawn, 1, report) else of_many(drawn, report),
  lapply(parts_of[intersect(names(parts_of), names(report))], function(part) part())
)

# --- comparison ----------------------------------------------------------------------------------

# Every number and every absent value with its place, kappas[1].ci[0], counted from 0.
leaves <- function(value, path = "") {
  if (grepl("\\.refused$", path) || is.character(value) || is.logical(value)) return(list())
  if (is.null(value) || is.numeric(value) || inherits(value, "monte_carlo")) {
    return(setNames(list(value), path))
  }
  names_here <- names(value)
  steps <- if (is.null(names_here)) {
    paste0("[", seq_along(value) - 1, "]")
  } else {
    paste0(if (nzchar(path)) ".", names_here)
  }
  do.call(c, c(list(list()), lapply(seq_along(value), function(place) {
    leaves(value[[place]], paste0(path, steps[place]))
  })))
}

agrees <- function(printed, found) {
  if (is.null(printed) || is.null(found)) return(is.null(printed) && is.null(found))
  if (inherits(found, "monte_carlo")) return(found$low <= printed && printed <= found$high)
  abs(printed - found) <= tolerance * max(1, abs(printed))
}

printed <- leaves(report)
recomputed <- leaves(again)
problems <- character()
if (!all(rows$snapshot_sha256 == report$snapshot_sha256)) {
  problems <- "ratings.csv and report.json come from different snapshots."
}
missing <- setdiff(names(recomputed), names(printed))
if (length(missing)) problems <- c(problems, paste0(missing, ": not in the report."))
text <- function(value) if (is.null(value)) "none" else sprintf("%.8g", value)
cat(sprintf("%-44s %14s %14s %10s\n", "number", "printed", "recomputed", "difference"))
for (name in names(printed)) {
  if (!name %in% names(recomputed)) {
    problems <- c(problems, paste0(name, ": not recomputed here."))
    next
  }
  before <- printed[[name]]
  found <- recomputed[[name]]
  value <- if (inherits(found, "monte_carlo")) found$value else found
  ok <- agrees(before, found)
  apart <- if (is.null(before) || is.null(value)) "" else sprintf("%.2g", value - before)
  cat(sprintf(
    "%-44s %14s %14s %10s  %s", name, text(before), text(value), apart,
    if (ok) "OK" else "DIFFERS"
  ))
  if (inherits(found, "monte_carlo")) {
    cat(sprintf("  (Monte-Carlo: %.6g to %.6g)", found$low, found$high))
  }
  cat("\n")
  if (!ok) problems <- c(problems, paste0(name, ": printed and recomputed differ."))
}
# What the sentence must say, rounded as in print. Of the limits of kappa those of record are
# looked for: they were found to agree above, and ours may round otherwise.
count <- function(number) {
  if (number < 10000) sprintf("%d", as.integer(number)) else format(number, big.mark = " ")
}
coefficient <- function(number) {
  rounded <- sprintf("%.2f", number)
  if (rounded == "-0.00") "0.00" else sub("-", "\u2212", rounded)
}
parts <- unlist(lapply(again$rates, function(one) {
  c(
    paste(count(one$high), "of", count(one$n)),
    if (one$n) {
      c(
        sprintf("(%.1f %%", 100 * one$rate),
        sprintf("%.1f\u2013%.1f %%", 100 * one$wilson[[1]], 100 * one$wilson[[2]])
      )
    }
  )
}))
if (!is.null(again$kappa$estimate)) {
  parts <- c(parts, paste("\u03ba =", coefficient(again$kappa$estimate)))
}
parts <- c(parts, vapply(report$kappa$ci, coefficient, ""))
for (part in parts) {
  ok <- grepl(part, report$sentence, fixed = TRUE)
  cat("sentence says ", dQuote(part, FALSE), "  ", if (ok) "OK" else "DIFFERS", "\n", sep = "")
  if (!ok) problems <- c(problems, paste0("The sentence does not say ", part, "."))
}
cat("\n", length(printed), " numbers. ", sep = "")
cat(if (length(problems)) problems else "All agree.", sep = "\n")
cat("\n")
quit(status = if (length(problems)) 1 else 0)
