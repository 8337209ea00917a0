# The ratings as the other files use them: grades by case (rows) and rater (columns), as places on
# the declared scale, NA where there is none.

values <- vapply(protocol$levels, function(level) as.numeric(level$value), 0)
confidence <- protocol$confidence
tail_share <- (1 - confidence) / 2
z <- qnorm((1 + confidence) / 2)

read_rows <- function(name) {
  read.csv(name, colClasses = "character", encoding = "UTF-8", check.names = FALSE)
}

new_study <- function(grades, sites, levels_n = length(values),
                      high_from = match(protocol$high_from, values)) {
  list(grades = grades, sites = sub("^'", "", sites), levels_n = levels_n, high_from = high_from)
}

# One answer of each case and rater, in the order in which the file names them.
answers_of <- function(rows, column) {
  raters <- unique(rows$rater)
  cases <- unique(rows$case)
  answers <- matrix("", length(cases), max(2, length(raters)))
  answers[cbind(match(rows$case, cases), match(rows$rater, raters))] <- rows[[column]]
  answers
}

places <- function(answers) {
  answers[] <- match(suppressWarnings(as.numeric(answers)), values)
  storage.mode(answers) <- "integer"
  answers
}

pairs_of <- function(study) {
  asplit(combn(ncol(study$grades), 2), 2)
}

# The grades of the cases that both raters of a pair graded.
paired <- function(study, pair = c(1, 2)) {
  grades <- study$grades[, pair, drop = FALSE]
  grades[complete.cases(grades), , drop = FALSE]
}

table_of <- function(pairs, size) {
  matrix(tabulate((pairs[, 2] - 1) * size + pairs[, 1], size * size), size, size)
}

cut_of <- function(study, pairs) {
  high <- (pairs >= study$high_from) + 1
  table_of(matrix(high, ncol = 2), 2)
}

as_rows <- function(table) lapply(seq_len(nrow(table)), function(row) as.list(table[row, ]))

# For each rater with hidden repeats the first and the repeated grade of each case.
read_repeats <- function(rows) {
  if (!file.exists("repeats.csv")) return(list())
  again <- read_rows("repeats.csv")
  with_repeats <- intersect(unique(rows$rater), again$rater)
  lapply(with_repeats, function(rater) {
    own <- again[again$rater == rater, ]
    first <- rows[rows$rater == rater, ]
    grades <- cbind(first$grade[match(own$case, first$case)], own$grade)
    new_study(places(grades), own$site)
  })
}
