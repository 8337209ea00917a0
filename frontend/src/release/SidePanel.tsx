import { Button } from '@mantine/core'
import { IconArrowBackUp, IconSquarePlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Phase, TextBox, WaitingSeries } from '../api/types'
import { countOf } from '../format'
import { isCovered } from './blackouts'
import { imageCount, imageNoun, type Look, needsPhase, whyNotYet } from './look'
import { keyOf, type Command } from './releaseKeys'
import { ReleaseTool } from './ReleaseTool'
import classes from './release.module.css'

interface SidePanelProps {
  series: WaitingSeries
  look: Look
  drawing: boolean
  isSending: boolean
  /** Why the server refused the last decision. */
  problem: string
  partnerInWords: string
  onCommand: (command: Command) => void
  onShowText: (box: TextBox) => void
  onCoverText: (box: TextBox) => void
  onSelect: (index: number) => void
  onDelete: (index: number) => void
  onPhase: (phase: Phase) => void
}

/** Beside the picture: what was found, what is painted over, and the decision. */
export function SidePanel(props: SidePanelProps) {
  const { series } = props
  return (
    <aside className={classes.side} aria-label="Decision">
      <div className={classes.scrolling}>
        <FoundText {...props} />
        {series.kind === 'DSA' ? (
          <BlackoutList {...props} />
        ) : (
          <Part title="Black out">
            <p>A CT is not painted over: release it, or keep it out. {picturesOfCt(series)}</p>
          </Part>
        )}
        {needsPhase(series) && <PhaseChoice {...props} />}
      </div>
      <Decision {...props} />
    </aside>
  )
}

/** Of a CT with many slices not every one has a picture; raters see them all. */
function picturesOfCt(series: WaitingSeries): string {
  const slices = imageCount(series)
  const { preview_count } = series
  return slices > preview_count
    ? `You see ${preview_count} of its ${slices} slices, raters see all: if in doubt, keep it out.`
    : ''
}

function Part({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.part}>
      <div className={classes.partHead}>
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}

function FoundText({ series, look, onShowText, onCoverText }: SidePanelProps) {
  const boxes = series.text_boxes
  const hidden = [...series.blackouts, ...look.blackouts.rectangles]
  if (boxes.length === 0) {
    return (
      <Part title="Found text">
        <p>The program found none. It misses small and faint text: look yourself.</p>
      </Part>
    )
  }
  return (
    <Part title="Found text">
      <p>
        Something like text stands in {countOf(boxes.length, 'place')}. There may be more: look
        yourself.
      </p>
      <ul className={classes.list} aria-label="Found text">
        {boxes.map((box, index) => {
          const where =
            box.frame === null ? `All ${imageNoun(series)}s` : `${imageNoun(series)} ${box.frame + 1}`
          return (
            <li key={index}>
              {box.frame === null ? (
                <span className={classes.everywhere}>{where}</span>
              ) : (
                <button
                  type="button"
                  className={classes.where}
                  aria-label={`Show text ${index + 1}, ${where}`}
                  onClick={() => {
                    onShowText(box)
                  }}
                >
                  {where}
                </button>
              )}
              {isCovered(box, hidden) ? (
                <span className={classes.quiet}>blacked out</span>
              ) : (
                series.kind === 'DSA' && (
                  <button
                    type="button"
                    className={classes.small}
                    aria-label={`Black out text ${index + 1}`}
                    onClick={() => {
                      onCoverText(box)
                    }}
                  >
                    Black out
                  </button>
                )
              )}
            </li>
          )
        })}
      </ul>
    </Part>
  )
}

function BlackoutList(props: SidePanelProps) {
  const { series, look, drawing, onCommand, onSelect, onDelete } = props
  const { rectangles, selected, past } = look.blackouts
  return (
    <Part
      title="Black out"
      aside={
        <>
          <ReleaseTool
            icon={IconSquarePlus}
            words="Draw rectangles"
            command="draw"
            pressed={drawing}
            onClick={() => {
              onCommand('draw')
            }}
          />
          <ReleaseTool
            icon={IconArrowBackUp}
            words="Undo the last step"
            command="undo"
            disabled={past.length === 0}
            onClick={() => {
              onCommand('undo')
            }}
          />
        </>
      }
    >
      <p>
        {drawing
          ? 'Draw over the picture. It counts for every frame.'
          : `Press ${keyOf('draw')} and draw over names. It counts for every frame.`}
        {series.blackouts.length > 0 && ` ${countOf(series.blackouts.length, 'rectangle')} painted before.`}
      </p>
      {rectangles.length > 0 && (
        <ul className={classes.list} aria-label="Rectangles">
          {rectangles.map(({ left, top, width, height }, index) => (
            <li key={index} data-selected={index === selected || undefined}>
              <button
                type="button"
                className={classes.where}
                aria-pressed={index === selected}
                onClick={() => {
                  onSelect(index)
                }}
              >
                {width} × {height} at {left}, {top}
              </button>
              <button
                type="button"
                className={classes.small}
                aria-label={`Delete rectangle ${index + 1}`}
                onClick={() => {
                  onDelete(index)
                }}
              >
                <IconTrash size={14} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      {selected !== null && (
        <p className={classes.quiet}>Arrows move it, Shift and arrows size it, Del deletes it.</p>
      )}
    </Part>
  )
}

const PHASES: readonly { phase: Phase; words: string; command: Command }[] = [
  { phase: 'before', words: 'Before recanalization', command: 'before' },
  { phase: 'after', words: 'After recanalization', command: 'after' },
]

function PhaseChoice({ series, look, partnerInWords, onPhase }: SidePanelProps) {
  return (
    <Part title="When was it taken?">
      <div className={classes.phases} role="radiogroup" aria-label="When was it taken?">
        {PHASES.map(({ phase, words, command }) => (
          <label key={phase} data-chosen={look.phase === phase || undefined}>
            <input
              type="radio"
              name="phase"
              checked={look.phase === phase}
              onChange={() => {
                onPhase(phase)
              }}
            />
            {words}
            <kbd>{keyOf(command)}</kbd>
          </label>
        ))}
      </div>
      <p>
        {proposalInWords(series)} {partnerInWords}
      </p>
    </Part>
  )
}

function proposalInWords({ proposed_phase }: WaitingSeries): string {
  return proposed_phase === ''
    ? 'The times do not say which.'
    : `Proposed from the times of the runs: ${proposed_phase}.`
}

function Decision({ series, look, isSending, problem, onCommand }: SidePanelProps) {
  const reason = whyNotYet(series, look)
  const painting = look.blackouts.rectangles.length
  return (
    <div className={classes.decision}>
      {problem !== '' && (
        <p role="alert" className={classes.problem}>
          {problem}
        </p>
      )}
      <p role="status">{reason === '' ? outcomeInWords(series, look) : reason}</p>
      <Button
        fullWidth
        disabled={reason !== ''}
        loading={isSending}
        rightSection={<kbd>{keyOf('release')}</kbd>}
        onClick={() => {
          onCommand('release')
        }}
      >
        {painting > 0 ? `Black out ${painting} and release` : 'Release'}
      </Button>
      <div className={classes.pair}>
        <Button
          variant="default"
          disabled={isSending}
          rightSection={<kbd>{keyOf('keep out')}</kbd>}
          onClick={() => {
            onCommand('keep out')
          }}
        >
          Keep out
        </Button>
        <Button
          variant="default"
          rightSection={<kbd>{keyOf('next series')}</kbd>}
          onClick={() => {
            onCommand('next series')
          }}
        >
          Later
        </Button>
      </div>
    </div>
  )
}

/** What a release means for the raters. */
function outcomeInWords(series: WaitingSeries, { phase }: Look): string {
  if (series.kind === 'NCCT') return 'Once released it is segmented and shown to raters.'
  return phase === 'after'
    ? 'Once released it is shown to raters.'
    : 'Taken before: it is kept with the case, not shown to raters.'
}
