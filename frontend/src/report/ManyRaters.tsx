import { NativeSelect, Title } from '@mantine/core'
import { useState } from 'react'
import type { Report } from '../api/types'
import { AgreementTable } from './AgreementTable'
import { BootstrapHistogram } from './BootstrapHistogram'
import { rowsOfPair, rowsOfReport } from './coefficientRows'
import { ContingencyTable } from './ContingencyTable'
import { HabitTable } from './HabitTable'
import { PairMatrix } from './PairMatrix'
import { listed, nameOfPair, pairsOf } from './pairs'
import { ParadoxPanel } from './ParadoxPanel'
import { RateFigure } from './RateFigure'
import { RateTable } from './RateTable'
import classes from './report.module.css'

interface ManyRatersProps {
  report: Report
  coverage: string
}

/** What is printed of more than two raters: all together first, then one pair at a time. */
export function ManyRaters({ report, coverage }: ManyRatersProps) {
  const pairs = pairsOf(report)
  const [index, setIndex] = useState(0)
  const pair = pairs[index]
  if (!pair) return null
  const resampled = report.resampling?.unit ?? 'case'
  return (
    <>
      <PairMatrix
        raters={report.raters}
        pairs={pairs}
        chosen={pair}
        onChoose={(chosen) => {
          setIndex(pairs.indexOf(chosen))
        }}
        coverage={coverage}
      />
      <RateFigure report={report} coverage={coverage} />
      <RateTable report={report} coverage={coverage} />
      <AgreementTable
        label="Table 3"
        whose={listed(report.raters)}
        same="Same grade, mean of the pairs"
        rows={rowsOfReport(report)}
        of={report}
        coverage={coverage}
        resampled={resampled}
      />
      <BootstrapHistogram report={report} coverage={coverage} />
      <section aria-labelledby="pair">
        <Title order={3} id="pair">
          One pair of raters
        </Title>
        <NativeSelect
          className={classes.choice}
          label="Pair"
          value={index}
          onChange={(event) => {
            setIndex(Number(event.currentTarget.value))
          }}
          data={pairs.map((one, place) => ({ value: String(place), label: nameOfPair(one) }))}
        />
        <ContingencyTable label="Table 4" report={report} pair={pair} />
        <AgreementTable
          label="Table 5"
          whose={nameOfPair(pair)}
          same="Same grade by both raters"
          rows={rowsOfPair(pair, report.high_from)}
          of={pair}
          coverage={coverage}
          resampled={resampled}
        />
        <ParadoxPanel label="Table 6" pair={pair} />
        <HabitTable label={pair.paradox ? 'Table 7' : 'Table 6'} pair={pair} coverage={coverage} />
      </section>
    </>
  )
}
