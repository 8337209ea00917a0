# Recompute every number of report.json from ratings.csv and protocol.json.
#
# Usage: Rscript reproduce.R [number of resamples, default 20000]
#
# Needs R 4 with the packages jsonlite, psych and boot; it uses nothing of the program that wrote
# the report. Intervals of rates come from prop.test (Wilson) and binom.test (Clopper-Pearson),
# kappa from psych, the resamples from boot. Written out here, because the packages have them
# otherwise or not at all: the standard errors of weighted kappa after Fleiss, Cohen & Everitt
# (1969; psych's variance of weighted kappa is another formula), AC1 after Gwet (2008; irrCAC has
# it too), and the BCa correction with its acceleration from leaving out one case at a time (boot's
# own takes it from a regression).
#
# The bootstrap here uses other random numbers than the report, so its limits, counts of undefined
# resamples and histogram differ by Monte-Carlo error. Such a number is OK where the printed one
# lies within five standard errors of that difference; the table shows the range. Every other
# number must agree to six decimals. The edges of the histogram are a choice of the drawing: they
# are taken as printed, and the counts between them are recomputed.
#
# Covers studies of two raters whose bootstrap draws cases, without the agreement of a rater with
# himself; reproduce.py covers every study.
#
# Ends with status 0 where all agree, 1 where a number does not, or was not recomputed, 2 where
# the study is not covered.

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

arguments <- commandArgs(trailingOnly = TRUE)
resamples <- if (length(arguments)) as.integer(arguments[1]) else 20000L
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
if (length(script)) setwd(dirname(normalizePath(script)))

report <- fromJSON("report.json", simplifyVector = FALSE)
protocol <- fromJSON("protocol.json", simplifyVector = FALSE)
by_site <- identical(protocol$resampling_unit, "site")
if (length(report$raters) != 2 || by_site) {
  cat("This script recomputes studies of two raters whose bootstrap draws cases.\n")
  cat("reproduce.py recomputes this one.\n")
  quit(status = 2)
}
ratings <- read.csv("ratings.csv", colClasses = "character", encoding = "UTF-8")

# --- the study -----------------------------------------------------------------------------------

values <- vapply(protocol$levels, function(level) as.numeric(level$value), 0)
levels_n <- length(values)
high_from <- match(protocol$high_from, values)
confidence <- protocol$confidence
tail_share <- (1 - confidence) / 2
z <- qnorm((1 + confidence) / 2)

raters <- unique(ratings$rater)
cases <- unique(ratings$case)
grades <- matrix(NA_integer_, length(cases), 2)
grades[cbind(match(ratings$case, cases), match(ratings$rater, raters))] <-
  match(as.numeric(ratings$grade), values)
site_of <- ratings$site[match(cases, ratings$case)]
pairs <- grades[complete.cases(grades), , drop = FALSE]

# A number that depends on random draws, and the range in which another draw's must lie.
monte_carlo <- function(value, low, high) {
  structure(list(value = value, low = low, high = high), class = "monte_carlo")
}

# --- rates ---------------------------------------------------------------------------------------

rate <- function(column, unscorable_is_low = FALSE) {
  n <- if (unscorable_is_low) length(column) else sum(!is.na(column))
  high <- sum(column >= high_from, na.rm = TRUE)
  list(
    high = high, n = n,
    rate = if (n) high / n,
    wilson = if (n) as.list(suppressWarnings(
      prop.test(high, n, conf.level = confidence, correct = FALSE)$conf.int
    )),
    clopper_pearson = if (n) as.list(binom.test(high, n, conf.level = confidence)$conf.int),
    unscorable = if (unscorable_is_low) 0 else length(column) - n
  )
}

rates <- function(rows, ...) lapply(1:2, function(rater) rate(grades[rows, rater], ...))

# --- coefficients --------------------------------------------------------------------------------

table_of <- function(first, second, size) {
  matrix(tabulate((second - 1) * size + first, size * size), size, size)
}

agreement_weights <- function(scheme, size) {
  distance <- abs(outer(1:size, 1:size, "-")) / (size - 1)
  switch(scheme,
    none = diag(size),
    linear = 1 - distance,
    quadratic = 1 - distance^2,
    dichotomised = outer(1:size >= high_from, 1:size >= high_from, "==") * 1
  )
}

# Of a matrix of tables, one a column; NA where kappa is 0/0.
kappas_of <- function(tables, scheme) {
  apart <- 1 - agreement_weights(scheme, levels_n)
  apply(tables, 2, function(counts) {
    counts <- matrix(counts, levels_n)
    expected <- sum(apart * outer(rowSums(counts), colSums(counts))) / sum(counts)
    if (expected == 0) NA else 1 - sum(apart * counts) / expected
  })
}

# Fleiss, Cohen & Everitt (1969)
kappa_errors <- function(table, weights, kappa) {
  p <- table / sum(table)
  chance <- outer(rowSums(p), colSums(p))
  expected <- sum(weights * chance)
  mean_weight <- outer(as.vector(weights %*% colSums(p)), as.vector(rowSums(p) %*% weights), "+")
  spread <- sum(p * (weights - mean_weight * (1 - kappa))^2) -
    (kappa - expected * (1 - kappa))^2
  spread0 <- sum(chance * (weights - mean_weight)^2) - expected^2
  sqrt(pmax(0, c(spread, spread0)) / sum(table)) / (1 - expected)
}

kappa <- function(table, weights) {
  n <- sum(table)
  undefined <- list(estimate = NULL, se = NULL, se0 = NULL)
  if (n == 0 || sum((1 - weights) * outer(rowSums(table), colSums(table))) == 0) return(undefined)
  found <- suppressWarnings(cohen.kappa(table, w = weights, n.obs = n))
  unweighted <- identical(weights, diag(nrow(table)))
  estimate <- if (unweighted) found$kappa else found$weighted.kappa
  errors <- kappa_errors(table, weights, estimate)
  if (unweighted) errors[1] <- sqrt(max(0, found$var.kappa))
  list(estimate = estimate, se = errors[1], se0 = errors[2])
}

wald <- function(estimate, se) {
  if (is.null(estimate) || se < tolerance) return(NULL)
  list(estimate - z * se, min(1, estimate + z * se))
}

ac1 <- function(table) {
  n <- sum(table)
  if (n == 0) return(list(estimate = NULL, se = NULL, ci = NULL))
  p <- table / n
  size <- nrow(table)
  share <- (rowSums(p) + colSums(p)) / 2
  observed <- sum(diag(p))
  expected <- sum(share * (1 - share)) / (size - 1)
  estimate <- (observed - expected) / (1 - expected)
  terms <- diag(size) - 2 * (1 - estimate) * (1 - outer(share, share, "+") / 2) / (size - 1)
  variance <- sum(p * terms^2) - (observed - 2 * (1 - estimate) * expected)^2
  se <- sqrt(max(0, variance) / n) / (1 - expected)
  list(estimate = estimate, se = se, ci = wald(estimate, se))
}

pabak <- function(cut) {
  n <- sum(cut)
  if (n == 0) return(list(estimate = NULL, se = NULL, ci = NULL))
  agreed <- sum(diag(cut))
  limits <- suppressWarnings(
    prop.test(agreed, n, conf.level = confidence, correct = FALSE)$conf.int
  )
  list(
    estimate = 2 * agreed / n - 1,
    se = 2 * sqrt(agreed / n * (1 - agreed / n) / n),
    ci = as.list(2 * limits - 1)
  )
}

as_rows <- function(table) lapply(seq_len(nrow(table)), function(row) as.list(table[row, ]))

cut_indices <- function(cut) {
  n <- sum(cut)
  apart <- cut[1, 2] + cut[2, 1]
  list(
    table = as_rows(cut),
    percent_agreement = if (n) sum(diag(cut)) / n,
    positive_agreement = if (cut[2, 2] + apart) 2 * cut[2, 2] / (2 * cut[2, 2] + apart),
    negative_agreement = if (cut[1, 1] + apart) 2 * cut[1, 1] / (2 * cut[1, 1] + apart),
    prevalence_index = if (n) (cut[2, 2] - cut[1, 1]) / n,
    bias_index = if (n) (cut[2, 1] - cut[1, 2]) / n
  )
}

sensitivity <- function() {
  if (!anyNA(grades)) return(NULL)
  high <- (!is.na(grades) & grades >= high_from) + 1
  table <- table_of(high[, 1], high[, 2], 2)
  found <- kappa(table, diag(2))
  list(
    rates = rates(seq_along(cases), unscorable_is_low = TRUE),
    table = as_rows(table),
    percent_agreement = sum(diag(table)) / sum(table),
    dichotomised_kappa = list(
      estimate = found$estimate, se = found$se, ci = wald(found$estimate, found$se)
    )
  )
}

# --- bootstrap -----------------------------------------------------------------------------------

both <- 1 / resamples + 1 / protocol$resamples

count_range <- function(low, high) {
  ends <- mapply(function(number, sign) {
    share <- (number + 1) / (resamples + 2)
    error <- standard_errors * sqrt(share * (1 - share) * both)
    protocol$resamples * (number / resamples + sign * error) + sign
  }, c(low, high), c(-1, 1))
  monte_carlo(protocol$resamples * (low + high) / 2 / resamples, max(0, ends[1]), ends[2])
}

quantile_range <- function(drawn, low, share, high) {
  ends <- mapply(function(position, sign) {
    error <- standard_errors * sqrt(position * (1 - position) * both)
    quantile(drawn, min(1, max(0, position + sign * error)), names = FALSE)
  }, c(low, high), c(-1, 1))
  monte_carlo(quantile(drawn, share, names = FALSE), ends[1] - tolerance, ends[2] + tolerance)
}

# Leave-one-out tables differ by cell only: one kappa a cell, counted as often as the cell.
acceleration_of <- function(table, scheme) {
  cells <- which(table > 0)
  left_out <- vapply(cells, function(cell) {
    table[cell] <- table[cell] - 1
    as.vector(table)
  }, numeric(length(table)))
  kappas <- kappas_of(left_out, scheme)
  times <- table[cells]
  deviation <- weighted.mean(kappas, times) - kappas
  sum(times * deviation^3) / (6 * sum(times * deviation^2)^1.5)
}

interval <- function(drawn, undefined, estimate, table, scheme) {
  if (undefined > refused_above * resamples || diff(range(drawn)) < same_kappa) return(NULL)
  tails <- c(tail_share, 1 - tail_share)
  if (protocol$ci_method == "percentile") {
    return(lapply(tails, function(share) quantile_range(drawn, share, share, share)))
  }
  below <- (mean(drawn < estimate - same_kappa) + mean(drawn < estimate + same_kappa)) / 2
  error <- standard_errors * sqrt(0.25 * both)
  bias <- qnorm(pmin(1 - 1e-12, pmax(1e-12, below + c(-error, 0, error))))
  acceleration <- acceleration_of(table, scheme)
  lapply(tails, function(share) {
    reach <- bias + qnorm(share)
    at <- pnorm(bias + reach / (1 - acceleration * reach))
    quantile_range(drawn, at[1], at[2], at[3])
  })
}

kappa_entry <- function(table, scheme, drawn) {
  found <- if (scheme == "dichotomised") {
    kappa(cut, diag(2))
  } else {
    kappa(table, agreement_weights(scheme, levels_n))
  }
  entry <- c(found, list(
    wald = wald(found$estimate, found$se),
    resamples = protocol$resamples, seed = protocol$seed
  ))
  if (is.null(drawn)) return(c(entry, list(ci = NULL, undefined = 0)))
  undefined <- sum(is.na(drawn))
  drawn <- sort(drawn)
  ci <- if (!is.null(found$estimate) && length(drawn)) {
    interval(drawn, undefined, found$estimate, table, scheme)
  }
  c(entry, list(ci = ci, undefined = count_range(undefined, undefined)))
}

histogram <- function(edges, drawn) {
  if (is.null(drawn) || !length(edges)) return(list(edges = edges, counts = list()))
  drawn <- drawn[!is.na(drawn)]
  edge <- unlist(edges)
  # A value on an edge may fall on either side.
  counts <- lapply(seq_len(length(edge) - 1), function(bin) {
    between <- function(margin) {
      max(0, sum(drawn > edge[bin] - margin & drawn < edge[bin + 1] + margin))
    }
    count_range(between(-1e-9), between(1e-9))
  })
  list(edges = edges, counts = counts)
}

# --- everything, in the shape of the report ------------------------------------------------------

table <- table_of(pairs[, 1], pairs[, 2], levels_n)
cut <- table_of((pairs[, 1] >= high_from) + 1, (pairs[, 2] >= high_from) + 1, 2)
all_schemes <- c(schemes, "dichotomised")
drawn <- list()
if (nrow(pairs)) {
  set.seed(protocol$seed %% .Machine$integer.max)
  cell <- (pairs[, 2] - 1) * levels_n + pairs[, 1]
  tables <- t(boot(cell, function(data, rows) tabulate(data[rows], levels_n^2),
    R = resamples, simple = TRUE
  )$t)
  drawn <- setNames(lapply(all_schemes, function(scheme) kappas_of(tables, scheme)), all_schemes)
}
kappas <- setNames(
  lapply(all_schemes, function(scheme) kappa_entry(table, scheme, drawn[[scheme]])), all_schemes
)
# Groups in the order of print; a group that was not printed comes after them.
by_occlusion <- function(printed, key) {
  of_case <- ratings[[paste0("occlusion_", key)]][match(cases, ratings$case)]
  names <- vapply(printed, function(group) group[[key]], "")
  if (!is.null(printed) && any(of_case != "")) names <- union(names, unique(of_case))
  lapply(names, function(name) list(rates = rates(which(of_case == name))))
}
plain_site <- sub("^'", "", site_of)
sites <- sort(unique(plain_site), method = "radix")
again <- list(
  levels = lapply(protocol$levels, function(level) list(value = level$value)),
  high_from = protocol$high_from, confidence = confidence,
  n_cases = length(cases), n_paired = nrow(pairs), table = as_rows(table),
  rates = rates(seq_along(cases)),
  sites = lapply(sites, function(site) list(rates = rates(which(plain_site == site)))),
  sides = by_occlusion(report$sides, "side"),
  segments = by_occlusion(report$segments, "segment"),
  kappa = kappas[[protocol$weights]], kappas = unname(kappas[schemes]),
  dichotomised_kappa = kappas$dichotomised, dichotomised = cut_indices(cut),
  ac1 = ac1(table), pabak = pabak(cut),
  percent_agreement = if (nrow(pairs)) sum(diag(table)) / sum(table),
  histogram = histogram(report$histogram$edges, drawn[[protocol$weights]]),
  resampling = if (!is.null(report$resampling)) list(units = nrow(pairs)) else list(),
  sensitivity = sensitivity(), model = report$model
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

only_in_python <- "^(intra_rater|disagreements|courses|territories|questions|unscorable)"
printed <- leaves(report)
recomputed <- leaves(again)
problems <- character()
if (!all(ratings$snapshot_sha256 == report$snapshot_sha256)) {
  problems <- "ratings.csv and report.json come from different snapshots."
}
missing <- setdiff(names(recomputed), names(printed))
if (length(missing)) problems <- c(problems, paste0(missing, ": not in the report."))
text <- function(value) if (is.null(value)) "none" else sprintf("%.8g", value)
cat(sprintf("%-44s %14s %14s %10s\n", "number", "printed", "recomputed", "difference"))
for (name in names(printed)) {
  if (grepl(only_in_python, name)) next # reproduce.py has it
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
