import { Alert, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Report } from '../api/types'
import { formatPercent, formatUtc, keepNumbersTogether } from '../format'
import { AgreementTable } from './AgreementTable'
import { BootstrapHistogram } from './BootstrapHistogram'
import { ChecklistSection } from './ChecklistSection'
import { rowsOfReport } from './coefficientRows'
import { ContingencyTable } from './ContingencyTable'
import { FurtherExhibits } from './FurtherExhibits'
import { HabitTable } from './HabitTable'
import { ManyRaters } from './ManyRaters'
import { isOfMany, nameOfPair, pairsOf, titleOf } from './pairs'
import { ParadoxPanel } from './ParadoxPanel'
import { RateFigure } from './RateFigure'
import { RateTable } from './RateTable'
import classes from './report.module.css'
import { StudyRecord } from './StudyRecord'

interface ReportArticleProps {
  studyId: string
  report: Report
  confidence: number
}

export function ReportArticle({ studyId, report, confidence }: ReportArticleProps) {
  const coverage = formatPercent(confidence, 0)
  return (
    <article className={classes.article}>
      <header>
        <Title order={2} fz="h1">
          {titleOf(report)}
        </Title>
        <p className={classes.meta}>
          {report.study_name} · locked {formatUtc(report.locked_at)}
        </p>
      </header>
      <p className={classes.sentence}>{keepNumbersTogether(report.sentence)}</p>
      <Warnings texts={report.warnings} />
      {isOfMany(report) ? (
        <ManyRaters report={report} coverage={coverage} />
      ) : (
        <TwoRaters report={report} coverage={coverage} />
      )}
      <FurtherExhibits
        studyId={studyId}
        report={report}
        coverage={coverage}
        firstTable={tablesBefore(report) + 1}
      />
      <section aria-labelledby="footnotes">
        <Title order={3} id="footnotes">
          Footnotes
        </Title>
        <ol className={classes.footnotes}>
          {report.footnotes.map((text) => (
            <li key={text}>{keepNumbersTogether(text)}</li>
          ))}
        </ol>
      </section>
      {report.grras && <ChecklistSection items={report.grras} />}
      <StudyRecord studyId={studyId} report={report} />
    </article>
  )
}

/** Tables that every report has, those that older ones lack, and two of a pair among many. */
function tablesBefore(report: Report): number {
  const pairs = pairsOf(report)
  const explained = pairs.some(({ paradox }) => paradox) ? 1 : 0
  const compared = pairs.some(({ mcnemar }) => mcnemar) ? 1 : 0
  return (isOfMany(report) ? 5 : 3) + explained + compared
}

interface ExhibitsProps {
  report: Report
  coverage: string
}

function TwoRaters({ report, coverage }: ExhibitsProps) {
  const [pair] = pairsOf(report)
  if (!pair) return null
  return (
    <>
      <ContingencyTable label="Table 1" report={report} pair={pair} />
      <RateFigure report={report} coverage={coverage} />
      <RateTable report={report} coverage={coverage} />
      <AgreementTable
        label="Table 3"
        whose={nameOfPair(pair)}
        same="Same grade by both raters"
        rows={rowsOfReport(report)}
        of={report}
        coverage={coverage}
        resampled={report.resampling?.unit ?? 'case'}
      />
      <ParadoxPanel label="Table 4" pair={pair} />
      <HabitTable label={pair.paradox ? 'Table 5' : 'Table 4'} pair={pair} coverage={coverage} />
      <BootstrapHistogram report={report} coverage={coverage} />
    </>
  )
}

function Warnings({ texts }: { texts: string[] }) {
  if (texts.length === 0) return null
  return (
    <Stack gap="xs" mt="lg">
      {texts.map((text) => (
        <Alert
          key={text}
          role="note"
          color="orange"
          icon={<IconAlertTriangle aria-hidden />}
          aria-label="Warning"
          py={8}
        >
          <Text size="sm" c="#7a3300">
            {keepNumbersTogether(text)}
          </Text>
        </Alert>
      ))}
    </Stack>
  )
}
