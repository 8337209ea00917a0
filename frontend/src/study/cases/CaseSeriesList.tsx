import { Text } from '@mantine/core'
import { IconAlertTriangle, IconRuler2 } from '@tabler/icons-react'
import type { CaseSeries } from '../../api/types'
import classes from './CaseDetail.module.css'

/** The image series of a case with what was corrected and what to look out for. */
export function CaseSeriesList({ series }: { series: CaseSeries[] }) {
  if (series.length === 0) return <Text c="dimmed">No image series.</Text>
  return series.map(({ kind, description, corrections, flags }, index) => (
    <div key={index} className={classes.series}>
      <span className={classes.kind}>{kind}</span>
      <span>{description}</span>
      {corrections.map((text) => (
        <span key={text} className={`${classes.note ?? ''} ${classes.correction ?? ''}`}>
          <IconRuler2 size={15} aria-label="Corrected" />
          {text}
        </span>
      ))}
      {flags.map((text) => (
        <span key={text} className={`${classes.note ?? ''} ${classes.flag ?? ''}`}>
          <IconAlertTriangle size={15} aria-label="Flag" />
          {text}
        </span>
      ))}
    </div>
  ))
}
