import {
  IconBorderOuter,
  IconDroplet,
  IconDropletOff,
  IconLayoutColumns,
  IconRulerMeasure,
} from '@tabler/icons-react'
import type { Rgb } from '../../viewer/mpr'
import { CT_WINDOWS } from '../../viewer/windowLevel'
import { Tool } from '../Tool'
import type { ViewEvent, ViewState } from '../viewState'
import { ArteryKey } from './ArteryKey'
import { isSameWindow } from './ctState'
import { SlabMenu } from './SlabMenu'
import classes from '../images.module.css'
import own from './ct.module.css'

interface CtToolbarProps {
  view: ViewState
  /** What the overlay shows; null where nothing was predicted. */
  arteries: {
    /** By label; empty where there is but one. */
    names: Readonly<Record<string, string>>
    colours: readonly Rgb[]
    labels: Uint8Array | null
  } | null
  dispatch: (event: ViewEvent) => void
}

export function CtToolbar({ view, arteries, dispatch }: CtToolbarProps) {
  const { window, overlay, slab, measuring, layout, hiddenArteries, arteryKeyShown } = view.ct
  return (
    <div className={classes.toolbar} role="toolbar" aria-label="CT">
      {CT_WINDOWS.map((preset) => (
        <button
          key={preset.name}
          type="button"
          className={`${classes.preset} ${own.window}`}
          aria-label={preset.name}
          aria-pressed={isSameWindow(preset, window)}
          title={`${preset.name}: window ${preset.width}, level ${preset.centre} · W steps through`}
          onClick={() => {
            dispatch({ type: 'window set', window: preset })
          }}
        >
          {preset.name.replace('Stroke ', '')}
        </button>
      ))}
      <span className={classes.reading}>
        W {Math.round(window.width)} L {Math.round(window.centre)}
      </span>
      <SlabMenu slab={slab} dispatch={dispatch} />
      <Tool
        icon={IconRulerMeasure}
        words={measuring ? 'Stop measuring' : 'Measure distances: drag over the CT'}
        command="measure"
        pressed={measuring}
        onClick={() => {
          dispatch({ type: 'measuring toggled' })
        }}
      />
      <Tool
        icon={IconLayoutColumns}
        words="Three equal planes"
        command="layout"
        pressed={layout === 'equal'}
        onClick={() => {
          dispatch({ type: 'layout toggled' })
        }}
      />
      <span className={classes.spacer} />
      {arteries && (
        <>
          {Object.keys(arteries.names).length > 0 && (
            <ArteryKey
              {...arteries}
              hidden={hiddenArteries}
              shown={arteryKeyShown}
              dispatch={dispatch}
            />
          )}
          <Tool
            icon={IconBorderOuter}
            words="Artery outlines"
            command="overlay style"
            pressed={overlay.drawn === 'outlined'}
            onClick={() => {
              dispatch({ type: 'overlay style toggled' })
            }}
          />
          <Tool
            icon={overlay.shown ? IconDroplet : IconDropletOff}
            words="Artery overlay"
            command="overlay"
            pressed={overlay.shown}
            onClick={() => {
              dispatch({ type: 'overlay toggled' })
            }}
          />
          <input
            type="range"
            className={`${classes.opacity} ${own.opacity}`}
            aria-label="Overlay opacity"
            title="Overlay opacity · [ and ]"
            min={0.1}
            max={1}
            step={0.1}
            value={overlay.opacity}
            onChange={(event) => {
              dispatch({ type: 'overlay opacity set', opacity: event.target.valueAsNumber })
            }}
          />
        </>
      )}
    </div>
  )
}
