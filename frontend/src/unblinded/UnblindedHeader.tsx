import { IconArrowLeft, IconArrowRight, IconDoorExit } from '@tabler/icons-react'
import { useNavigate } from 'react-router'
import type { Study, UnblindedCase } from '../api/types'
import { RoomHeader } from '../reading/RoomHeader'
import { Tool } from '../reading/Tool'
import room from '../reading/room.module.css'

interface UnblindedHeaderProps {
  study: Study
  found: UnblindedCase
  differing: readonly string[]
  loaded: number
}

export function UnblindedHeader({ study, found, differing, loaded }: UnblindedHeaderProps) {
  const navigate = useNavigate()
  const place = differing.indexOf(found.case)
  const open = (code: string | undefined) => {
    if (code !== undefined) void navigate(`/unblinded/${study.id}/${encodeURIComponent(code)}`)
  }
  const before = place > 0 ? differing[place - 1] : undefined
  const after = differing[place + 1]
  return (
    <RoomHeader
      title={`Case ${found.case}`}
      detail={`${found.site}, unblinded`}
      dataNotice={study.data_notice}
      loaded={loaded}
    >
      {place >= 0 && (
        <span className={room.saveState}>
          Difference {place + 1} of {differing.length}
        </span>
      )}
      <Tool
        icon={IconArrowLeft}
        words="Previous case on which raters differ"
        disabled={before === undefined}
        onClick={() => {
          open(before)
        }}
      />
      <Tool
        icon={IconArrowRight}
        words="Next case on which raters differ"
        disabled={after === undefined}
        onClick={() => {
          open(after)
        }}
      />
      <Tool
        icon={IconDoorExit}
        words="Back to the report"
        onClick={() => void navigate(`/studies/${study.id}/report`)}
      />
    </RoomHeader>
  )
}
