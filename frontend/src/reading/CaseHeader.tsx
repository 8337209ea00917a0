import { IconDoorExit, IconKeyboard, IconListDetails, IconPlayerPause } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useNavigate } from 'react-router'
import type { Stage } from '../api/types'
import type { Rating } from './rating/rating'
import { RoomHeader } from './RoomHeader'
import { STAGE_WORDS } from './stageWords'
import { Tool } from './Tool'
import classes from './room.module.css'

interface CaseHeaderProps {
  stage: Stage
  position: number
  total: number
  dataNotice: string
  rating: Rating
  /** Share of the images that has arrived, 0–1. */
  loaded: number
  /** Said instead of the save state: the case before this one. */
  notice: ReactNode
  onPause: () => void
  onAnchors: () => void
  onHelp: () => void
}

/** Says which case of the rater's list this is, and whether it is saved. */
export function CaseHeader(props: CaseHeaderProps) {
  const { stage, position, total, dataNotice, rating, loaded } = props
  const navigate = useNavigate()
  return (
    <RoomHeader
      title={`${STAGE_WORDS[stage].oneCase} ${position}`}
      detail={`of ${total}`}
      dataNotice={dataNotice}
      loaded={loaded}
    >
      <span className={classes.saveState} data-status={rating.status} role="status">
        {props.notice ?? savedInWords(rating)}
      </span>
      <Tool icon={IconPlayerPause} words="Take a break" command="pause" onClick={props.onPause} />
      <Tool
        icon={IconListDetails}
        words="What each grade means"
        command="anchors"
        onClick={props.onAnchors}
      />
      <Tool icon={IconKeyboard} words="Keys" command="help" onClick={props.onHelp} />
      <Tool icon={IconDoorExit} words="Leave the reading room" onClick={() => void navigate('/')} />
    </RoomHeader>
  )
}

export function savedInWords({ status, savedAt }: Rating): string {
  switch (status) {
    case 'unchanged':
      return 'Nothing to save'
    case 'changed':
    case 'saving':
      return 'Saving…'
    case 'saved':
      return savedAt ? `Saved ${clockTime(savedAt)}` : 'Saved'
    case 'offline':
      return 'Offline: kept in this window, saved when back'
    case 'conflict':
      return 'Not saved – answered elsewhere too'
    case 'submitting':
      return 'Submitting…'
    case 'submission unconfirmed':
      return 'Offline: kept in this window, submitted when back'
    case 'submitted':
      return 'Submitted'
  }
}

function clockTime(iso: string): string {
  return new Date(iso).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}
