# Coefficients beside kappa, and whether two raters use the scale alike.
#
# Standard errors are Gwet's (2014, Handbook of Inter-Rater Reliability, ch. 5). All but
# Krippendorff's come from the definition itself: the coefficient is a function of how much each
# case weighs, and a step in the imaginary direction gives its derivative without rounding.

step <- 1e-30
no_value <- list(estimate = NULL, se = NULL, ci = NULL)

# Each printed coefficient again. Of two raters those from their table (all but Krippendorff's) are
# of the cases that both graded and take n for n - 1.
further <- function(study, printed) {
  two <- ncol(study$grades) == 2
  grades <- if (two) paired(study) else study$grades
  lapply(printed, function(one) {
    value <- if (one$coefficient == "krippendorff") {
      krippendorff(study, one$weights)
    } else {
      weights <- agreement_weights(one$weights, study$levels_n)
      of_weights(grades, one$coefficient, weights, lost = if (two) 0 else 1)
    }
    if (is.null(value$estimate)) value else c(value, list(undefined = NULL))
  })
}

counts_of <- function(grades, size) {
  counts <- vapply(seq_len(size), function(level) {
    rowSums(grades == level, na.rm = TRUE)
  }, numeric(nrow(grades)))
  matrix(counts, nrow(grades), size)
}

# The mean agreement of the pairs of raters of each case; NA where there is no pair.
observed_by_case <- function(grades, weights) {
  apply(grades, 1, function(case) {
    own <- case[!is.na(case)]
    if (length(own) < 2) return(NA)
    found <- weights[own, own]
    (sum(found) - sum(diag(found))) / (length(own) * (length(own) - 1))
  })
}

observed <- function(grades, weights) {
  found <- observed_by_case(grades, weights)
  if (all(is.na(found))) NULL else mean(found, na.rm = TRUE)
}

# Chance agreement as a function of the weights of the cases.
chance_of <- function(name, grades, weights) {
  size <- nrow(weights)
  counts <- counts_of(grades, size)
  shares <- counts / rowSums(counts)
  graded <- !is.na(grades)
  mean_share <- function(case_weights) as.vector(case_weights %*% shares) / sum(case_weights)
  switch(name,
    fleiss = ,
    scott = function(case_weights) {
      share <- mean_share(case_weights)
      sum(weights * outer(share, share))
    },
    gwet = function(case_weights) {
      share <- mean_share(case_weights)
      sum(weights) * sum(share * (1 - share)) / (size * (size - 1))
    },
    brennan_prediger = function(case_weights) mean(weights),
    conger = function(case_weights) {
      own <- lapply(seq_len(ncol(grades)), function(rater) {
        given <- outer(ifelse(graded[, rater], grades[, rater], 0), 1:size, "==") * 1
        as.vector(case_weights %*% given) / sum(case_weights * graded[, rater])
      })
      mean(apply(combn(length(own), 2), 2, function(pair) {
        sum(weights * outer(own[[pair[1]]], own[[pair[2]]]))
      }))
    }
  )
}

of_weights <- function(grades, name, weights, lost = 1) {
  grades <- grades[rowSums(!is.na(grades)) > 0, , drop = FALSE]
  n <- nrow(grades)
  if (!n || (name == "conger" && any(colSums(!is.na(grades)) == 0))) return(no_value)
  agreed <- observed_by_case(grades, weights)
  has_pair <- !is.na(agreed)
  chance <- chance_of(name, grades, weights)
  uniform <- rep(1 / n, n)
  if (!any(has_pair) || 1 - chance(uniform) < 1e-12) return(no_value)
  # Gwet takes the share of cases with a pair as given: it is no part of the derivative.
  coefficient <- function(case_weights) {
    pe <- chance(case_weights)
    above <- sum(case_weights[has_pair] * (agreed[has_pair] - pe)) / sum(case_weights)
    above * (n / sum(has_pair)) / (1 - pe)
  }
  estimate <- coefficient(uniform)
  if (n == lost) return(list(estimate = estimate, se = NULL, ci = NULL))
  influence <- vapply(seq_len(n), function(case) {
    Im(coefficient(uniform + complex(imaginary = step * (seq_len(n) == case)))) / step
  }, 0)
  se <- sqrt(sum(influence^2) / (n * (n - lost)))
  list(estimate = estimate, se = se, ci = wald(estimate, se))
}

pabak_of_many <- function(study) {
  high <- (study$grades >= study$high_from) + 1
  of_weights(matrix(high, nrow(study$grades)), "brennan_prediger", diag(2))
}

krippendorff <- function(study, metric) {
  counts <- counts_of(study$grades, study$levels_n)
  counts <- counts[rowSums(counts) >= 2, , drop = FALSE]
  n <- nrow(counts)
  raters <- rowSums(counts)
  total <- colSums(counts)
  if (!n || sum(total > 0) == 1) return(no_value)
  middle <- cumsum(total) - total / 2
  apart <- switch(metric,
    nominal = 1 - diag(length(total)),
    ordinal = outer(middle, middle, "-")^2,
    interval = outer(values, values, "-")^2,
    ratio = (outer(values, values, "-") / outer(values, values, "+"))^2
  )
  number <- sum(total)
  share <- total / number
  expected <- sum(apart * outer(share, share))
  within <- rowSums((counts %*% apart) * counts) / (mean(raters) * (raters - 1))
  # A grade differs from itself by nothing, so the diagonal of the pairs needs no subtraction.
  estimate <- 1 - (1 - 1 / number) * mean(within) / expected
  if (n == 1) return(list(estimate = estimate, se = NULL, ci = NULL))
  # The distances are taken as fixed, though those of the ordinal metric depend on the grades.
  more <- raters / mean(raters) - 1
  by_chance <- as.vector(counts %*% apart %*% share) / mean(raters) - expected * (1 + more)
  influence <- within - mean(within) * (1 + (1 - 1 / number) * more) -
    2 * mean(within) / expected * by_chance
  se <- sqrt(sum(influence^2) / (n * (n - 1))) / expected
  list(estimate = estimate, se = se, ci = wald(estimate, se))
}

# --- habits --------------------------------------------------------------------------------------

no_test <- list(statistic = NULL, df = NULL, p = NULL)

chi_square <- function(statistic, df) {
  list(statistic = statistic, df = df, p = pchisq(statistic, df, lower.tail = FALSE))
}

habits <- function(table, cut) {
  n <- sum(table)
  first <- cut[2, 1]
  second <- cut[1, 2]
  differ <- first + second > 0
  mcnemar <- function(correct) {
    if (!differ) return(no_test)
    chi_square(as.vector(mcnemar.test(cut, correct = correct)$statistic), 1)
  }
  list(
    mcnemar = c(mcnemar(FALSE), list(
      corrected = mcnemar(TRUE),
      exact_p = if (n) if (differ) binom.test(first, first + second)$p.value else 1,
      only_first = first, only_second = second,
      difference = if (n) (first - second) / n,
      ci = if (n) tango(first, second, n)
    )),
    bowker = bowker(table),
    stuart_maxwell = stuart_maxwell(table)
  )
}

# Tango's (1998) score interval of the paired difference of two rates.
tango <- function(first, second, n) {
  excess <- function(delta) {
    linear <- 2 * n * delta - (first + second) - (first - second) * delta
    root <- sqrt(max(linear^2 + 8 * n * second * delta * (1 - delta), 0))
    q <- (root - linear) / (4 * n)
    (first - second - n * delta)^2 - z^2 * n * (2 * q + delta * (1 - delta))
  }
  estimate <- (first - second) / n
  lapply(c(-1, 1), function(end) {
    near <- estimate + 1e-9 * end
    if (abs(near) >= 1 || excess(end) <= 0 || excess(near) >= 0) return(end)
    uniroot(excess, sort(c(near, end)), tol = 1e-13)$root
  })
}

# Pairs of levels without a case take no degree of freedom; mcnemar.test would give NaN for them.
bowker <- function(table) {
  above <- table[upper.tri(table)]
  below <- t(table)[upper.tri(table)]
  held <- above + below > 0
  if (!any(held)) return(no_test)
  chi_square(sum((above - below)[held]^2 / (above + below)[held]), sum(held))
}

# The degrees of freedom are the rank of the covariance.
stuart_maxwell <- function(table) {
  both <- table + t(table)
  parts <- eigen(diag(rowSums(both)) - both, symmetric = TRUE)
  kept <- parts$values > 1e-9 * max(parts$values, 1)
  if (!any(kept)) return(no_test)
  along <- t(parts$vectors[, kept, drop = FALSE]) %*% (rowSums(table) - colSums(table))
  chi_square(sum(along^2 / parts$values[kept]), sum(kept))
}
