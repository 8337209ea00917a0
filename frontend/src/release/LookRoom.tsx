import { Button } from '@mantine/core'
import { useWindowEvent } from '@mantine/hooks'
import { IconArrowLeft, IconKeyboard } from '@tabler/icons-react'
import { type ReactNode, useEffect, useEffectEvent, useState } from 'react'
import { Link } from 'react-router'
import { reviewSeries } from '../api/client'
import type { ReviewDecision, Study, TextBox, WaitingSeries } from '../api/types'
import { countOf } from '../format'
import { geometryInWords, nameInSentence, seriesName } from '../study/images/seriesWords'
import { ReasonDialog } from '../study/ReasonDialog'
import { useStudyChange } from '../study/useStudyChange'
import {
  adjustRectangle,
  type Blackouts,
  isCovered,
  rectangleOver,
  selectRectangle,
  type Size,
  undoBlackout,
  withoutRectangle,
  withRectangle,
} from './blackouts'
import { imageInWords, type Look, needsPhase, pictureOf, whyNotYet, withSeen } from './look'
import { PictureBar } from './PictureBar'
import type { PictureCache } from './PictureCache'
import classes from './release.module.css'
import { ReleaseKeySheet } from './ReleaseKeySheet'
import { type Command, meaningOf } from './releaseKeys'
import { SidePanel } from './SidePanel'
import { Stage } from './Stage'
import { FITTED, nextWindow, type Pane, zoomAt } from './stageView'
import { useCine } from './useCine'
import { usePictures } from './usePictures'

interface LookRoomProps {
  study: Study
  /** Outlives the room, so that the next series has its pictures already. */
  cache: PictureCache
  series: WaitingSeries
  /** The other plane of a biplane run, where it waits too. */
  partner: WaitingSeries | undefined
  next: WaitingSeries | undefined
  left: number
  total: number
  look: Look
  onLook: (change: (look: Look) => Look) => void
  onGo: (steps: number) => void
  onDecided: (words: string, canBeUndone: boolean) => void
  lastDecision: ReactNode
}

const ZOOM_STEP = 1.25

/** One series, looked through and decided on. */
export function LookRoom(props: LookRoomProps) {
  const { study, series, look, onLook, onGo } = props
  const { blackouts } = look
  const pictures = usePictures(props.cache, study.id, series, props.next)
  const cine = useCine(series.preview_count, (number) => pictures.picture(number) !== undefined)
  const [view, setView] = useState(FITTED)
  const [pane, setPane] = useState<Pane>({ width: 0, height: 0 })
  const [drawing, setDrawing] = useState(false)
  const [keepingOut, setKeepingOut] = useState(false)
  const [helping, setHelping] = useState(false)
  const image = pictures.picture(cine.number)
  const size = sizeOf(series, image)
  const decide = useDecision(props)

  const shown = image !== undefined
  const isNew = shown && !look.seen.has(cine.number)
  const markSeen = useEffectEvent(() => {
    onLook((now) => withSeen(now, cine.number))
  })
  useEffect(() => {
    if (isNew) markSeen()
  }, [isNew, cine.number])

  const paint = (change: (now: Blackouts) => Blackouts) => {
    if (series.kind !== 'DSA') return
    onLook((now) => ({ ...now, blackouts: change(now.blackouts) }))
  }
  const cover = (box: TextBox) => {
    paint((now) => withRectangle(now, rectangleOver(box, size)))
  }
  const showText = (box: TextBox) => {
    const picture = pictureOf(series, box)
    if (picture !== null) cine.seek(picture)
  }
  const hidden = [...series.blackouts, ...blackouts.rectangles]
  const uncovered = series.text_boxes.filter((box) => !isCovered(box, hidden))
  const zoom = (factor: number) => {
    const middle = { x: pane.width / 2, y: pane.height / 2 }
    setView(zoomAt(view, factor, pane, size, middle))
  }
  const release = () => {
    if (whyNotYet(series, look) !== '' || decide.isPending) return
    decide.mutate({
      decision: 'release',
      phase: needsPhase(series) ? look.phase : '',
      blackouts: [...blackouts.rectangles],
      note: '',
    })
  }

  const commands: Record<Command, () => void> = {
    play: cine.toggle,
    'next picture': () => {
      cine.step(1)
    },
    'previous picture': () => {
      cine.step(-1)
    },
    'next text': () => {
      const box = nextText(series, cine.number)
      if (box) showText(box)
    },
    'zoom in': () => {
      zoom(ZOOM_STEP)
    },
    'zoom out': () => {
      zoom(1 / ZOOM_STEP)
    },
    invert: () => {
      setView({ ...view, inverted: !view.inverted })
    },
    'next window': () => {
      setView(nextWindow(view))
    },
    reset: () => {
      setView(FITTED)
    },
    draw: () => {
      if (series.kind === 'DSA') setDrawing(!drawing)
    },
    'cover text': () => {
      const [box] = uncovered
      if (!box) return
      showText(box)
      cover(box)
    },
    delete: () => {
      const { selected } = blackouts
      if (selected !== null) paint((now) => withoutRectangle(now, selected))
    },
    undo: () => {
      paint(undoBlackout)
    },
    leave: () => {
      paint((now) => selectRectangle(now, null))
      setDrawing(false)
    },
    before: () => {
      onLook((now) => ({ ...now, phase: 'before' }))
    },
    after: () => {
      onLook((now) => ({ ...now, phase: 'after' }))
    },
    release,
    'keep out': () => {
      setKeepingOut(true)
    },
    'next series': () => {
      onGo(1)
    },
    'previous series': () => {
      onGo(-1)
    },
    help: () => {
      setHelping(true)
    },
  }
  useWindowEvent('keydown', (event) => {
    const meaning = meaningOf(event, blackouts.selected !== null)
    if (!meaning) return
    event.preventDefault()
    if ('command' in meaning) commands[meaning.command]()
    else {
      const { how, dx, dy } = meaning.nudge
      paint((now) => adjustRectangle(now, how, dx, dy, size))
    }
  })

  const name = seriesName(series)
  const boxesHere = series.text_boxes.filter(
    (box) => [null, cine.number].includes(pictureOf(series, box)),
  )
  return (
    <main className={classes.room}>
      <Header {...props} onHelp={commands.help} />
      <p className={classes.task}>
        Look for <b>names, dates of birth and numbers</b> written into the picture. A rater sees
        only what you release.
      </p>
      {props.lastDecision}
      <div className={classes.work}>
        <div className={classes.looking}>
          <Stage
            label={`${series.case_code}, ${name}, ${imageInWords(series, cine.number)}`}
            image={image}
            size={size}
            view={view}
            onView={setView}
            onPane={setPane}
            boxes={boxesHere}
            painted={series.blackouts}
            rectangles={blackouts.rectangles}
            selected={blackouts.selected}
            drawing={drawing && series.kind === 'DSA'}
            onDraw={(rectangle) => {
              paint((now) => withRectangle(now, rectangle))
            }}
            onSelect={(index) => {
              paint((now) => selectRectangle(now, index))
            }}
            onMove={(dx, dy) => {
              paint((now) => adjustRectangle(now, 'move', dx, dy, size))
            }}
          />
          {pictures.hasFailed(cine.number) && (
            <div className={classes.failed} role="alert">
              <p>This picture could not be loaded. Check the network; nothing is lost.</p>
              <Button size="compact-sm" onClick={pictures.retry}>
                Try again
              </Button>
            </div>
          )}
          {!shown && !pictures.hasFailed(cine.number) && series.preview_count > 0 && (
            <p className={classes.loading}>
              Loading, {pictures.loaded} of {series.preview_count}
            </p>
          )}
          <PictureBar
            series={series}
            cine={cine}
            seen={look.seen}
            withText={new Set(series.text_boxes.flatMap((box) => pictureOf(series, box) ?? []))}
            inverted={view.inverted}
            onCommand={(command) => {
              commands[command]()
            }}
          />
        </div>
        <SidePanel
          series={series}
          look={look}
          drawing={drawing}
          isSending={decide.isPending}
          problem={problemOf(series, decide.error)}
          partnerInWords={partnerInWords(props)}
          onCommand={(command) => {
            commands[command]()
          }}
          onShowText={showText}
          onCoverText={cover}
          onSelect={(index) => {
            paint((now) => selectRectangle(now, index))
          }}
          onDelete={(index) => {
            paint((now) => withoutRectangle(now, index))
          }}
          onPhase={(phase) => {
            onLook((now) => ({ ...now, phase }))
          }}
        />
      </div>
      <KeepOutDialog
        {...props}
        opened={keepingOut}
        onClose={() => {
          setKeepingOut(false)
        }}
      />
      <ReleaseKeySheet
        opened={helping}
        onClose={() => {
          setHelping(false)
        }}
      />
    </main>
  )
}

function Header({ study, series, left, total, onHelp }: LookRoomProps & { onHelp: () => void }) {
  const geometry = series.geometry ? geometryInWords(series.kind, series.geometry) : []
  return (
    <header className={classes.header}>
      <Link
        to={`/studies/${study.id}/cases/${series.case_id}`}
        className={classes.back}
        aria-label={`Leave, to the images of ${series.case_code}`}
      >
        <IconArrowLeft size={16} aria-hidden />
        Leave
      </Link>
      <h1>
        {series.case_code} · {seriesName(series)}
      </h1>
      <span className={classes.quiet}>{geometry.join(' · ')}</span>
      <span className={classes.spacer} />
      <span className={classes.quiet}>{study.data_notice}</span>
      <strong>
        {left} of {total} left
      </strong>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconKeyboard size={15} aria-hidden />}
        onClick={onHelp}
      >
        Keys
      </Button>
    </header>
  )
}

function KeepOutDialog({
  study,
  series,
  onDecided,
  opened,
  onClose,
}: LookRoomProps & { opened: boolean; onClose: () => void }) {
  return (
    <ReasonDialog
      title={`Keep ${nameInSentence(series)} of ${series.case_code} out?`}
      opened={opened}
      onClose={onClose}
      studyId={study.id}
      reasonLabel="Reason"
      confirm="Keep out"
      act={(note) =>
        reviewSeries(study.id, series.case_id, series.id, {
          decision: 'keep-out',
          phase: '',
          blackouts: [],
          note,
        })
      }
      onDone={() => {
        onDecided('kept out.', true)
      }}
    >
      No rater sees it. It stays stored with the case, and can be looked at again.
    </ReasonDialog>
  )
}

function useDecision({ study, series, look, onDecided }: LookRoomProps) {
  return useStudyChange(
    study.id,
    (decision: ReviewDecision) => reviewSeries(study.id, series.case_id, series.id, decision),
    () => {
      const count = look.blackouts.rectangles.length
      if (count > 0) {
        onDecided(`${countOf(count, 'rectangle')} being blacked out; released after that.`, false)
      } else {
        onDecided(look.phase === 'before' ? 'released as before, not shown.' : 'released.', true)
      }
    },
  )
}

/** In whose pixels rectangles count; where it is not known, those of the picture. */
function sizeOf({ geometry }: WaitingSeries, image: HTMLImageElement | undefined): Size {
  const [columns, rows] = geometry?.size ?? []
  return {
    columns: columns ?? image?.naturalWidth ?? 1,
    rows: rows ?? image?.naturalHeight ?? 1,
  }
}

/** The next text after the picture that is shown, round the end. */
function nextText(series: WaitingSeries, shown: number): TextBox | undefined {
  const place = (box: TextBox) => pictureOf(series, box) ?? -1
  const placed = series.text_boxes
    .filter(({ frame }) => frame !== null)
    .sort((a, b) => place(a) - place(b))
  return placed.find((box) => place(box) > shown) ?? placed[0]
}

function problemOf({ build }: WaitingSeries, error: Error | null): string {
  if (error) return error.message
  return build?.state === 'failed' ? `It could not be blacked out. ${build.error}` : ''
}

function partnerInWords({ series, partner }: LookRoomProps): string {
  if (series.biplane_partner === null) return ''
  return partner
    ? `The other plane, ${nameInSentence(partner)}, waits too.`
    : 'The other plane of this biplane run is decided.'
}
