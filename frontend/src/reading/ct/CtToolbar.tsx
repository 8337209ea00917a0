import { IconDroplet, IconDropletOff } from '@tabler/icons-react'
import { CT_WINDOWS } from '../../viewer/windowLevel'
import { Tool } from '../Tool'
import type { ViewEvent, ViewState } from '../viewState'
import { isSameWindow } from './ctState'
import classes from '../images.module.css'

interface CtToolbarProps {
  view: ViewState
  hasOverlay: boolean
  dispatch: (event: ViewEvent) => void
}

export function CtToolbar({ view, hasOverlay, dispatch }: CtToolbarProps) {
  const { window, overlay } = view.ct
  return (
    <div className={classes.toolbar} role="toolbar" aria-label="CT">
      {CT_WINDOWS.map((preset) => (
        <button
          key={preset.name}
          type="button"
          className={classes.preset}
          aria-pressed={isSameWindow(preset, window)}
          title={`Window ${preset.width}, level ${preset.centre} · W steps through`}
          onClick={() => {
            dispatch({ type: 'window set', window: preset })
          }}
        >
          {preset.name}
        </button>
      ))}
      <span className={classes.reading}>
        W {Math.round(window.width)} L {Math.round(window.centre)}
      </span>
      <span className={classes.spacer} />
      {hasOverlay && (
        <>
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
            className={classes.opacity}
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
