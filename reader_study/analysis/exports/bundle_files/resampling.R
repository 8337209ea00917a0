# The bootstrap of kappa: cases or sites drawn with replacement, and what another draw may differ by.

# A number that depends on random draws, and the range in which another draw's must lie.
monte_carlo <- function(value, low, high) {
  structure(list(value = value, low = low, high = high), class = "monte_carlo")
}

# What each unit that is drawn adds to the table of each pair of raters: (units, pairs * K * K). Of
# two raters only the cases graded by both are drawn; of more, all cases are.
unit_tables <- function(study, by_site) {
  size <- study$levels_n
  pairs <- pairs_of(study)
  cases <- nrow(study$grades)
  tables <- do.call(cbind, lapply(pairs, function(pair) {
    grades <- study$grades[, pair, drop = FALSE]
    both <- which(complete.cases(grades))
    found <- matrix(0, cases, size^2)
    found[cbind(both, (grades[both, 2] - 1) * size + grades[both, 1])] <- 1
    found
  }))
  if (by_site) return(rowsum(tables, study$sites))
  if (length(pairs) == 1) tables[rowSums(tables) > 0, , drop = FALSE] else tables
}

# (m, P + 1) kappas of m rows of tables, their mean over pairs last; NA where kappa is 0/0.
kappas_and_mean <- function(tables, study, scheme) {
  size <- study$levels_n
  apart <- 1 - agreement_weights(scheme, size, study$high_from)
  in_row <- outer(rep(1:size, size), 1:size, "==") * 1
  in_column <- outer(rep(1:size, each = size), 1:size, "==") * 1
  kappas <- vapply(seq_len(ncol(tables) / size^2), function(pair) {
    counts <- tables[, (pair - 1) * size^2 + 1:size^2, drop = FALSE]
    expected <- rowSums(((counts %*% in_row) %*% apart) * (counts %*% in_column))
    observed <- as.vector(counts %*% as.vector(apart)) * rowSums(counts)
    ifelse(expected > 0, 1 - observed / expected, NA)
  }, numeric(nrow(tables)))
  kappas <- matrix(kappas, nrow(tables))
  cbind(kappas, rowMeans(kappas))
}

# The resampled kappas of a study under a plan (weights, printed number of resamples, method).
draw <- function(study, plan) {
  units <- if (nrow(study$grades)) unit_tables(study, plan$by_site) else matrix(0, 0, 0)
  enough <- nrow(units) >= if (plan$by_site) 2 else 1
  kappas <- list()
  if (enough) {
    set.seed(protocol$seed %% .Machine$integer.max)
    n <- nrow(units)
    tables <- boot(seq_len(n), function(data, rows) tabulate(data[rows], n) %*% units,
      R = resamples, simple = TRUE
    )$t
    kappas <- lapply(setNames(all_schemes, all_schemes), function(scheme) {
      kappas_and_mean(tables, study, scheme)
    })
  }
  list(study = study, plan = plan, units = units, kappas = kappas)
}

both <- function(plan) 1 / resamples + 1 / plan$resamples

count_range <- function(plan, low, high) {
  ends <- mapply(function(number, sign) {
    share <- (number + 1) / (resamples + 2)
    error <- standard_errors * sqrt(share * (1 - share) * both(plan))
    plan$resamples * (number / resamples + sign * error) + sign
  }, c(low, high), c(-1, 1))
  monte_carlo(plan$resamples * (low + high) / 2 / resamples, max(0, ends[1]), ends[2])
}

quantile_range <- function(plan, drawn, low, share, high) {
  ends <- mapply(function(position, sign) {
    error <- standard_errors * sqrt(position * (1 - position) * both(plan))
    quantile(drawn, min(1, max(0, position + sign * error)), names = FALSE)
  }, c(low, high), c(-1, 1))
  monte_carlo(quantile(drawn, share, names = FALSE), ends[1] - tolerance, ends[2] + tolerance)
}

# From the kappas with one unit left out.
acceleration_of <- function(drawn, scheme, place) {
  left_out <- matrix(colSums(drawn$units), nrow(drawn$units), ncol(drawn$units), byrow = TRUE) -
    drawn$units
  kappas <- kappas_and_mean(left_out, drawn$study, scheme)[, place]
  deviation <- mean(kappas) - kappas
  sum(deviation^3) / (6 * sum(deviation^2)^1.5)
}

interval <- function(drawn, scheme, place, estimate) {
  plan <- drawn$plan
  if (is.null(drawn$kappas[[scheme]])) return(list(ci = NULL, undefined = 0))
  found <- drawn$kappas[[scheme]][, place]
  missing <- sum(is.na(found))
  undefined <- count_range(plan, missing, missing)
  found <- sort(found)
  refused <- is.null(estimate) || !length(found) || missing > refused_above * resamples ||
    diff(range(found)) < same_kappa
  if (refused) return(list(ci = NULL, undefined = undefined))
  tails <- c(tail_share, 1 - tail_share)
  if (plan$ci_method == "percentile") {
    ci <- lapply(tails, function(share) quantile_range(plan, found, share, share, share))
    return(list(ci = ci, undefined = undefined))
  }
  below <- (mean(found < estimate - same_kappa) + mean(found < estimate + same_kappa)) / 2
  error <- standard_errors * sqrt(0.25 * both(plan))
  bias <- qnorm(pmin(1 - 1e-12, pmax(1e-12, below + c(-error, 0, error))))
  acceleration <- acceleration_of(drawn, scheme, place)
  ci <- lapply(tails, function(share) {
    reach <- bias + qnorm(share)
    at <- pnorm(bias + reach / (1 - acceleration * reach))
    quantile_range(plan, found, at[1], at[2], at[3])
  })
  list(ci = ci, undefined = undefined)
}

histogram <- function(plan, edges, found) {
  if (is.null(found) || !length(edges)) return(list(edges = edges, counts = list()))
  found <- found[!is.na(found)]
  edge <- unlist(edges)
  # A value on an edge may fall on either side.
  counts <- lapply(seq_len(length(edge) - 1), function(bin) {
    between <- function(margin) {
      max(0, sum(found > edge[bin] - margin & found < edge[bin + 1] + margin))
    }
    count_range(plan, between(-1e-9), between(1e-9))
  })
  list(edges = edges, counts = counts)
}
