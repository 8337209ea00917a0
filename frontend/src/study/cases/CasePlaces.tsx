import { Badge, Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconLockOpen } from '@tabler/icons-react'
import { unlockReading } from '../../api/client'
import type { CaseDetail, CasePlace, Study } from '../../api/types'
import { formatDateTime, formatMinutes } from '../../format'
import { mayRun } from '../rights'
import classes from './CaseDetail.module.css'
import { ReasonDialog } from '../ReasonDialog'

const STATES: Record<CasePlace['state'], { words: string; color: string; text: string }> = {
  'not-begun': { words: 'Not begun', color: 'gray', text: 'gray.8' },
  draft: { words: 'Begun', color: 'gray', text: 'gray.8' },
  submitted: { words: 'Submitted', color: 'teal', text: '#05533c' },
  unlocked: { words: 'Unlocked, waits for the correction', color: 'orange', text: '#7a3300' },
}

interface CasePlacesProps {
  study: Study
  studyCase: CaseDetail
}

/** How far each rater is with the case. What they said shows only after the lock. */
export function CasePlaces({ study, studyCase }: CasePlacesProps) {
  const told = study.state !== 'setup' && study.state !== 'reading'
  return (
    <>
      {!told && (
        <Text size="sm" c="dimmed">
          Grades are shown only after the lock.
        </Text>
      )}
      <ul className={classes.places}>
        {studyCase.places.map((place) => (
          <li key={place.id} className={classes.place}>
            <Place study={study} studyCase={studyCase} place={place} />
          </li>
        ))}
      </ul>
    </>
  )
}

function Place({ study, studyCase, place }: CasePlacesProps & { place: CasePlace }) {
  const { words, color, text } = STATES[place.state]
  return (
    <>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Group gap="xs">
            <Text fw={500}>{place.full_name || place.username}</Text>
            <Badge variant="light" color={color} c={text} tt="none" radius="sm">
              {words}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {kindOfPlace(place)}
          </Text>
        </div>
        <Unlock study={study} studyCase={studyCase} place={place} />
      </Group>
      {place.attempts.length > 0 && (
        <ol className={classes.attempts}>
          {place.attempts.map((attempt) => (
            <li key={attempt.attempt}>
              <Attempt study={study} attempt={attempt} />
            </li>
          ))}
        </ol>
      )}
    </>
  )
}

function kindOfPlace({ code, stage, calibration_attempt, is_repeat, has_left, ...place }: CasePlace) {
  const parts = [`knows it as ${code}`]
  if (stage === 'calibration') parts.push(`calibration, attempt ${calibration_attempt}`)
  if (is_repeat) parts.push('hidden repeat')
  if (place.active_minutes > 0) parts.push(`${formatMinutes(place.active_minutes)} at work`)
  if (has_left) parts.push('has left the study')
  return parts.join(' · ')
}

interface AttemptProps {
  study: Study
  attempt: CasePlace['attempts'][number]
}

function Attempt({ study, attempt }: AttemptProps) {
  const { submitted_at, started_at, unlock_reason, unlocked_by, taken_back } = attempt
  const began =
    unlock_reason === ''
      ? `Begun ${formatDateTime(started_at)}`
      : taken_back
        ? unlock_reason
        : `Unlocked ${formatDateTime(started_at)} by ${unlocked_by ?? ''}: “${unlock_reason}”`
  const submitted =
    submitted_at !== null &&
    `Submitted ${formatDateTime(submitted_at)}${answerInWords(study, attempt)}`
  return (
    <>
      {(unlock_reason !== '' || submitted_at === null) && <div>{began}</div>}
      {submitted && <div>{submitted}</div>}
    </>
  )
}

function answerInWords(study: Study, attempt: CasePlace['attempts'][number]): string {
  const { grade, unscorable_reason, comment } = attempt
  const level = study.protocol.levels.find(({ value }) => value === grade)
  const reason = study.protocol.unscorable_reasons.find(({ code }) => code === unscorable_reason)
  const answer = level
    ? ` · ${level.value} ${level.name}`
    : unscorable_reason !== null
      ? ` · unscorable: ${reason?.label ?? unscorable_reason}`
      : ''
  return comment === '' ? answer : `${answer} · “${comment}”`
}

function Unlock({ study, studyCase, place }: CasePlacesProps & { place: CasePlace }) {
  const [asked, { open, close }] = useDisclosure(false)
  const possible =
    study.state === 'reading' &&
    studyCase.withdrawn_at === null &&
    place.stage === 'main' &&
    place.state === 'submitted' &&
    !place.has_left
  if (!possible || !mayRun(study)) return null
  const name = place.full_name || place.username
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        flex="none"
        leftSection={<IconLockOpen size={14} aria-hidden />}
        aria-label={`Unlock the case for ${name}`}
        onClick={open}
      >
        Unlock
      </Button>
      <ReasonDialog
        title={`Unlock ${studyCase.code} for ${name}?`}
        studyId={study.id}
        opened={asked}
        onClose={close}
        reasonLabel="Why does it need a correction?"
        reasonHint={`${name} sees this reason in the reading room. Name no grade and no colleague.`}
        confirm="Unlock"
        act={(reason) => unlockReading(study.id, place.id, reason)}
        onDone={() => {
          notifications.show({ message: `${name} can correct ${studyCase.code} now.` })
        }}
      >
        The submitted answers stay stored as they are. {name} gets a copy to correct and submits it
        again; only the correction counts. This cannot be taken back.
      </ReasonDialog>
    </>
  )
}
