# Agreement of a study or of an answer, and the parts of the report beside the grade.

most_resamples <- 10000
least_cases <- 10
kappa_keys <- c("estimate", "se", "se0", "ci", "resamples", "undefined")

# All that is printed of the kappas of one pair, or of the mean over pairs.
entries <- function(drawn, place, edges, estimates) {
  plan <- drawn$plan
  kappas <- lapply(setNames(all_schemes, all_schemes), function(scheme) {
    found <- estimates[[scheme]]
    c(found, list(
      wald = wald(found$estimate, found$se),
      resamples = plan$resamples, seed = protocol$seed
    ), interval(drawn, scheme, place, found$estimate))
  })
  found <- drawn$kappas[[plan$weights]]
  list(
    kappa = kappas[[plan$weights]], kappas = unname(kappas[schemes]),
    dichotomised_kappa = kappas$dichotomised,
    histogram = histogram(plan, edges, if (!is.null(found)) found[, place])
  )
}

of_pair <- function(drawn, place, printed) {
  study <- drawn$study
  pairs <- paired(study, pairs_of(study)[[place]])
  table <- table_of(pairs, study$levels_n)
  cut <- cut_of(study, pairs)
  estimates <- lapply(setNames(all_schemes, all_schemes), function(scheme) {
    if (scheme == "dichotomised") return(kappa(cut, diag(2)))
    kappa(table, agreement_weights(scheme, study$levels_n))
  })
  c(
    list(n_paired = nrow(pairs), table = as_rows(table)),
    entries(drawn, place, printed$histogram$edges, estimates),
    list(
      dichotomised = cut_indices(cut), ac1 = ac1(table), pabak = pabak(cut),
      percent_agreement = if (nrow(pairs)) sum(diag(table)) / sum(table)
    ),
    if ("mcnemar" %in% names(printed)) habits(table, cut)
  )
}

# More than two raters: the mean over pairs, and each pair.
of_many <- function(drawn, printed) {
  study <- drawn$study
  number <- length(pairs_of(study))
  pairs <- lapply(seq_len(number), function(place) of_pair(drawn, place, printed$pairs[[place]]))
  estimates <- lapply(setNames(all_schemes, all_schemes), function(scheme) {
    found <- lapply(pairs, function(pair) {
      if (scheme == "dichotomised") return(pair$dichotomised_kappa$estimate)
      pair$kappas[[match(scheme, schemes)]]$estimate
    })
    list(estimate = mean_or_null(found), se = NULL, se0 = NULL)
  })
  absent <- intersect(c("paradox", "mcnemar", "bowker", "stuart_maxwell"), names(printed))
  alike <- diag(study$levels_n)
  c(
    list(n_paired = sum(rowSums(!is.na(study$grades)) >= 2), table = NULL),
    entries(drawn, number + 1, printed$histogram$edges, estimates),
    list(
      dichotomised = NULL, ac1 = of_weights(study$grades, "gwet", alike),
      pabak = pabak_of_many(study), percent_agreement = observed(study$grades, alike),
      pairs = pairs
    ),
    setNames(vector("list", length(absent)), absent)
  )
}

of_repeats <- function(study, plan, printed) {
  pair <- of_pair(draw(study, plan), 1, list())
  list(
    n_repeated = nrow(study$grades), n_paired = pair$n_paired, table = pair$table,
    kappa = pair$kappa[names(pair$kappa) %in% names(printed$kappa)],
    percent_agreement = pair$percent_agreement
  )
}

# --- territories and questions -------------------------------------------------------------------

item_agreement <- function(study, plan, with_ac1 = FALSE) {
  plan$resamples <- min(plan$resamples, most_resamples)
  drawn <- draw(study, plan)
  found <- if (ncol(study$grades) == 2) of_pair(drawn, 1, list()) else of_many(drawn, list())
  c(
    list(
      n_paired = found$n_paired, percent_agreement = found$percent_agreement,
      kappa = found$kappa[kappa_keys]
    ),
    if (with_ac1) list(ac1 = found$ac1)
  )
}

item <- function(study, apart, plan, answers = NULL) {
  found <- rates(study)
  for (rater in seq_along(found)) {
    one <- found[[rater]]
    one["unscorable"] <- NULL
    one$not_opacified <- sum(apart[, rater])
    one$unanswered <- nrow(apart) - one$n - one$not_opacified
    found[[rater]] <- one
  }
  c(list(rates = found), item_agreement(study, plan, TRUE), list(answers = answers))
}

territories <- function(rows, study, plan) {
  lapply(protocol$territories, function(territory) {
    given <- answers_of(rows, paste0("territory_", gsub("-", "_", territory$code)))
    apart <- given == "not-opacified"
    grades <- places(given)
    answers <- if (any(apart)) {
      extra <- study$levels_n + 1L
      all_answers <- new_study(ifelse(apart, extra, grades), study$sites, extra, study$high_from)
      item_agreement(all_answers, replace(plan, "weights", "none"))
    }
    item(new_study(grades, study$sites), apart, plan, answers)
  })
}

questions <- function(rows, study, plan) {
  lapply(protocol$questions, function(question) {
    given <- answers_of(rows, paste0("question_", gsub("-", "_", question$code)))
    grades <- matrix(match(given, c("0", "1")), nrow(given))
    yes_or_no <- new_study(grades, study$sites, 2, 2)
    item(yes_or_no, grades == -1 & FALSE, replace(plan, "weights", "none"))
  })
}

# --- differing cases, reasons --------------------------------------------------------------------

disagreements <- function(rows, study) {
  grades <- study$grades
  cases <- sub("^'", "", unique(rows$case))
  differ <- which(apply(grades, 1, function(case) length(unique(case)) > 1))
  spread <- vapply(differ, function(case) {
    given <- na.omit(grades[case, ])
    if (length(given) > 1) diff(range(given)) else NA_real_
  }, 0)
  crossing <- vapply(differ, function(case) {
    length(unique(na.omit(grades[case, ] >= study$high_from))) > 1
  }, TRUE)
  place <- order(-spread, !crossing, cases[differ], method = "radix")
  lapply(place, function(number) {
    given <- lapply(grades[differ[number], ], function(grade) if (!is.na(grade)) values[grade])
    list(grades = given, levels_apart = if (!is.na(spread[number])) spread[number])
  })
}

unscorable <- function(rows) {
  lapply(protocol$unscorable_reasons, function(reason) {
    list(counts = lapply(unique(rows$rater), function(rater) {
      sum(rows$unscorable_reason == reason$code & rows$rater == rater)
    }))
  })
}

# --- time and drift ------------------------------------------------------------------------------

courses <- function(rows) {
  of_raters <- lapply(unique(rows$rater), function(rater) {
    own <- rows[rows$rater == rater & rows$position != "" & rows$attempt == "1", ]
    own[order(as.numeric(own$position)), ]
  })
  lapply(of_raters[vapply(of_raters, nrow, 0L) > 0], function(own) {
    position <- as.numeric(own$position)
    seconds <- as.numeric(own$active_seconds)
    grade <- as.numeric(own$grade)
    graded <- !is.na(grade)
    list(
      n = nrow(own),
      seconds = if (any(!is.na(seconds))) seconds_over(position, seconds),
      grade = tau(position[graded], grade[graded]),
      points = lapply(seq_len(nrow(own)), function(row) {
        list(
          position[row], if (!is.na(seconds[row])) seconds[row],
          if (!is.na(grade[row])) grade[row]
        )
      })
    )
  })
}

seconds_over <- function(position, seconds) {
  timed <- !is.na(seconds)
  found <- seconds[timed]
  limits <- quantile(found, c(0.25, 0.75), names = FALSE)
  list(
    n = length(found), median = median(found), quartiles = as.list(limits),
    slope = if (length(found) >= least_cases) theil_sen(position[timed], found)
  )
}

# The median slope with Sen's (1968) interval; positions are distinct.
theil_sen <- function(x, y) {
  pairs <- combn(length(x), 2)
  slopes <- sort((y[pairs[2, ]] - y[pairs[1, ]]) / (x[pairs[2, ]] - x[pairs[1, ]]))
  n <- length(x)
  ties <- as.vector(table(y))
  spread <- sqrt((n * (n - 1) * (2 * n + 5) - sum(ties * (ties - 1) * (2 * ties + 5))) / 18)
  low <- max(round((length(slopes) - z * spread) / 2) - 1, 0)
  high <- min(round((length(slopes) + z * spread) / 2), length(slopes) - 1)
  list(
    per_100 = 100 * median(slopes), ci = as.list(100 * slopes[c(low, high) + 1]),
    intercept = median(y) - median(slopes) * median(x)
  )
}

# Kendall's tau-a over the order, with its jackknife.
tau <- function(position, grade) {
  n <- length(grade)
  if (n < least_cases || length(unique(grade)) == 1) return(no_value)
  signs <- sign(outer(position, position, "-")) * sign(outer(grade, grade, "-"))
  estimate <- sum(signs) / (n * (n - 1))
  left_out <- (sum(signs) - 2 * rowSums(signs)) / ((n - 1) * (n - 2))
  se <- sqrt((n - 1) * mean((left_out - mean(left_out))^2))
  if (se == 0 || abs(estimate) == 1) return(list(estimate = estimate, se = se, ci = NULL))
  reach <- z * se / (1 - estimate^2)
  ci <- as.list(tanh(atanh(estimate) + c(-1, 1) * reach))
  list(estimate = estimate, se = se, ci = ci)
}
