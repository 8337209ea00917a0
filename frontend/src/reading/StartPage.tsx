import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'
import type { Worklist } from '../api/types'
import { countOf } from '../format'
import { FROM_LIST } from './before/tourMemory'
import { Anchors } from './rating/Anchors'
import { AnchorSheet } from './rating/AnchorSheet'
import { BackToStudies } from './Notice'
import { KeyHints } from './rating/KeyHints'
import { STAGE_WORDS } from './stageWords'
import { useFirstFocus } from './useFirstFocus'
import classes from './room.module.css'

interface StartPageProps {
  studyId: string
  worklist: Worklist
  /** The first case. */
  next: string
}

/** Before the first case of a list: what it is, or how the calibration before it went. */
export function StartPage({ studyId, worklist, next }: StartPageProps) {
  const { last_calibration: result } = worklist
  if (worklist.stage === 'calibration' && result && !result.passed) {
    return <TryAgainPage studyId={studyId} worklist={worklist} next={next} result={result} />
  }
  const { title, about, start } = STAGE_WORDS[worklist.stage]
  const passed = worklist.stage === 'main' && result?.passed === true
  return (
    <main className={classes.noticePage}>
      <p>{worklist.study_name}</p>
      <h1>
        {passed ? `Passed: ${result.agreed} of ${result.total} agreed with the reference` : title}
      </h1>
      {passed && <p className={classes.lead}>The calibration is done. Now the study:</p>}
      {about(worklist.total).map((sentence) => (
        <p key={sentence} className={classes.lead}>
          {sentence}
        </p>
      ))}
      <KeyHints levels={worklist.protocol.levels} />
      <Choices studyId={studyId} worklist={worklist} next={next} label={start} />
      <DataNoticeLine worklist={worklist} />
    </main>
  )
}

type Result = NonNullable<Worklist['last_calibration']>

function TryAgainPage({ studyId, worklist, next, result }: StartPageProps & { result: Result }) {
  return (
    <main className={classes.noticePage}>
      <h1>
        {result.agreed} of {countOf(result.total, 'case')} agreed with the reference, which is not
        enough
      </h1>
      <p className={classes.lead}>
        Read once more what each grade means, then try again. The cases come in another order.
      </p>
      <div className={classes.wide}>
        <Anchors studyId={studyId} levels={worklist.protocol.levels} />
      </div>
      <div className={classes.choices}>
        <StartButton studyId={studyId} next={next} label="Try again" />
        <BackToStudies />
      </div>
      <DataNoticeLine worklist={worklist} />
    </main>
  )
}

type StartButtonProps = Pick<StartPageProps, 'studyId' | 'next'> & { label: string }

function StartButton({ studyId, next, label }: StartButtonProps) {
  const button = useFirstFocus<HTMLAnchorElement>()
  return (
    <Button
      ref={button}
      component={Link}
      to={`/read/${studyId}/${next}`}
      state={FROM_LIST}
      color="petrol.8"
    >
      {label}
    </Button>
  )
}

function Choices({ studyId, worklist, next, label }: StartPageProps & { label: string }) {
  const [anchorsShown, setAnchorsShown] = useState(false)
  return (
    <div className={classes.choices}>
      <StartButton studyId={studyId} next={next} label={label} />
      <Button
        variant="default"
        onClick={() => {
          setAnchorsShown(true)
        }}
      >
        What each grade means
      </Button>
      <BackToStudies />
      <AnchorSheet
        studyId={studyId}
        protocol={worklist.protocol}
        opened={anchorsShown}
        onClose={() => {
          setAnchorsShown(false)
        }}
      />
    </div>
  )
}

function DataNoticeLine({ worklist }: { worklist: Worklist }) {
  return worklist.data_notice ? <p className={classes.small}>{worklist.data_notice}</p> : null
}
