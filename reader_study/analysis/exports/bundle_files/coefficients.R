# Rates, kappa, AC1 and PABAK; kappa from psych, intervals of rates from base R.

rate <- function(column, high_from, unscorable_is_low = FALSE) {
  n <- if (unscorable_is_low) length(column) else sum(!is.na(column))
  high <- sum(column >= high_from, na.rm = TRUE)
  list(
    high = high, n = n,
    rate = if (n) high / n,
    wilson = if (n) as.list(wilson(high, n)),
    clopper_pearson = if (n) as.list(binom.test(high, n, conf.level = confidence)$conf.int),
    unscorable = if (unscorable_is_low) 0 else length(column) - n
  )
}

wilson <- function(number, n) {
  suppressWarnings(prop.test(number, n, conf.level = confidence, correct = FALSE)$conf.int)
}

rates <- function(study, rows = seq_len(nrow(study$grades)), ...) {
  lapply(seq_len(ncol(study$grades)), function(rater) {
    rate(study$grades[rows, rater], study$high_from, ...)
  })
}

agreement_weights <- function(scheme, size, high_from = NULL) {
  distance <- abs(outer(1:size, 1:size, "-")) / (size - 1)
  switch(scheme,
    none = diag(size),
    linear = 1 - distance,
    quadratic = 1 - distance^2,
    dichotomised = outer(1:size >= high_from, 1:size >= high_from, "==") * 1
  )
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
  if (is.null(estimate) || is.null(se) || se < tolerance) return(NULL)
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
  list(
    estimate = 2 * agreed / n - 1,
    se = 2 * sqrt(agreed / n * (1 - agreed / n) / n),
    ci = as.list(2 * wilson(agreed, n) - 1)
  )
}

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

# Unscorable counted as low.
sensitivity <- function(study) {
  if (!anyNA(study$grades)) return(NULL)
  high <- (!is.na(study$grades) & study$grades >= study$high_from) + 1
  of_pairs <- lapply(pairs_of(study), function(pair) {
    table <- table_of(high[, pair, drop = FALSE], 2)
    found <- kappa(table, diag(2))
    list(
      table = as_rows(table),
      percent_agreement = sum(diag(table)) / sum(table),
      dichotomised_kappa = list(
        estimate = found$estimate, se = found$se, ci = wald(found$estimate, found$se)
      )
    )
  })
  shared <- list(rates = rates(study, unscorable_is_low = TRUE))
  if (length(of_pairs) == 1) return(c(shared, of_pairs[[1]]))
  kappas <- lapply(of_pairs, function(one) one$dichotomised_kappa$estimate)
  c(shared, list(
    table = NULL,
    percent_agreement = mean(vapply(of_pairs, function(one) one$percent_agreement, 0)),
    dichotomised_kappa = list(estimate = mean_or_null(kappas), se = NULL, ci = NULL)
  ))
}

mean_or_null <- function(found) {
  if (any(vapply(found, is.null, TRUE))) NULL else mean(unlist(found))
}
