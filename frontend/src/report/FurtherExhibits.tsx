import type { Report } from '../api/types'
import { CourseFigure } from './CourseFigure'
import { DenominatorTable } from './DenominatorTable'
import { DisagreementTable } from './DisagreementTable'
import { IntraRaterTable } from './IntraRaterTable'
import { ItemTables } from './ItemTables'

interface FurtherExhibitsProps {
  studyId: string
  report: Report
  coverage: string
  /** Number of the first table here. */
  firstTable: number
}

/** What stands beside the grade's rates and agreement, for any number of raters. */
export function FurtherExhibits({ studyId, report, coverage, firstTable }: FurtherExhibitsProps) {
  const { intra_rater = [], territories = [], questions = [], disagreements = [] } = report
  const { courses = [], raters } = report
  const tables = numbered(firstTable, [
    ['denominators', report.unscorable ? 1 : 0],
    ['repeats', intra_rater.length > 0 ? 1 : 0],
    ['territories', territories.length > 0 ? 2 : 0],
    ['questions', questions.length > 0 ? 2 : 0],
    ['disagreements', disagreements.length > 0 ? 1 : 0],
  ])
  const pair = (first: number): [string, string] => [`Table ${first}`, `Table ${first + 1}`]
  return (
    <>
      {report.unscorable && (
        <DenominatorTable
          label={`Table ${tables.denominators}`}
          report={report}
          coverage={coverage}
        />
      )}
      <IntraRaterTable label={`Table ${tables.repeats}`} rows={intra_rater} coverage={coverage} />
      {territories.length > 0 && (
        <ItemTables
          labels={pair(tables.territories)}
          what="Territory"
          items={territories}
          raters={raters.length}
          coverage={coverage}
        />
      )}
      {questions.length > 0 && (
        <ItemTables
          labels={pair(tables.questions)}
          what="Question"
          items={questions}
          raters={raters.length}
          coverage={coverage}
        />
      )}
      {disagreements.length > 0 && (
        <DisagreementTable
          label={`Table ${tables.disagreements}`}
          studyId={studyId}
          report={report}
          disagreements={disagreements}
        />
      )}
      {courses.length > 0 && <CourseFigure label="Figure 3" report={report} courses={courses} />}
    </>
  )
}

/** The number of the first table of each part; parts that are absent leave no gap. */
function numbered<Part extends string>(
  first: number,
  parts: readonly (readonly [Part, number])[],
): Record<Part, number> {
  const numbers = parts.map(([part], place) => {
    const before = parts.slice(0, place).reduce((sum, [, tables]) => sum + tables, 0)
    return [part, first + before] as const
  })
  return Object.fromEntries(numbers) as Record<Part, number>
}
