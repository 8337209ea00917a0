import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { overruleSeries } from '../../api/client'
import type { CaseImages, ImageSeries, SeriesKind } from '../../api/types'
import { ReasonDialog } from '../ReasonDialog'
import { choiceInWords, consequencesOf } from './overruling'
import { seriesName } from './seriesWords'

interface OverruleMenuProps {
  studyId: string
  images: CaseImages
  series: ImageSeries
}

/** "This is …": a coordinator's word against the headers'. */
export function OverruleMenu({ studyId, images, series }: OverruleMenuProps) {
  const [chosen, setChosen] = useState<SeriesKind>('other')
  const [asking, setAsking] = useState(false)
  const name = seriesName(series)
  if (series.may_become.length === 0) return null
  return (
    <>
      <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button
            variant="default"
            size="compact-sm"
            rightSection={<IconChevronDown size={14} aria-hidden />}
            aria-label={`${name}: this is …`}
          >
            This is …
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {series.may_become.map((kind) => (
            <Menu.Item
              key={kind}
              onClick={() => {
                setChosen(kind)
                setAsking(true)
              }}
            >
              … {choiceInWords(series, kind)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ReasonDialog
        title={`${name} is ${choiceInWords(series, chosen)}?`}
        opened={asking}
        onClose={() => {
          setAsking(false)
        }}
        studyId={studyId}
        reasonLabel="Reason"
        reasonHint="It is kept with the series and in the study’s record."
        confirm="Change it"
        act={(reason) => overruleSeries(studyId, images.id, series.id, chosen, reason)}
        onDone={() => undefined}
      >
        {consequencesOf(series, chosen, images.series).join(' ')}
      </ReasonDialog>
    </>
  )
}
