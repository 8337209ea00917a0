import { Popover } from '@mantine/core'
import { IconListDetails } from '@tabler/icons-react'
import { useMemo } from 'react'
import { labelsIn } from '../../viewer/arteryColours'
import type { Rgb } from '../../viewer/mpr'
import { keyOf } from '../shortcuts'
import { Tool } from '../Tool'
import type { ViewEvent } from '../viewState'
import images from '../images.module.css'
import classes from './ct.module.css'

interface ArteryKeyProps {
  names: Readonly<Record<string, string>>
  colours: readonly Rgb[]
  labels: Uint8Array | null
  hidden: ReadonlySet<number>
  shown: boolean
  dispatch: (event: ViewEvent) => void
}

/** What each artery is called and coloured; each can be hidden. */
export function ArteryKey({ shown, hidden, dispatch, ...arteries }: ArteryKeyProps) {
  const toggle = () => {
    dispatch({ type: 'artery key toggled' })
  }
  const words = 'Names and colours of the arteries'
  return (
    <Popover
      opened={shown}
      onChange={toggle}
      position="bottom-end"
      withinPortal={false}
      withRoles={false}
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <span>
          {hidden.size > 0 ? (
            <button
              type="button"
              className={`${images.preset} ${classes.hidden}`}
              aria-pressed={shown}
              title={`Some arteries are hidden. ${words} · ${keyOf('artery key')}`}
              onClick={toggle}
            >
              {hidden.size} hidden
            </button>
          ) : (
            <Tool
              icon={IconListDetails}
              words={words}
              command="artery key"
              pressed={shown}
              onClick={toggle}
            />
          )}
        </span>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <Names {...arteries} hidden={hidden} dispatch={dispatch} />
      </Popover.Dropdown>
    </Popover>
  )
}

function Names(props: Omit<ArteryKeyProps, 'shown'>) {
  const { names, colours, labels, hidden, dispatch } = props
  const present = useMemo(() => labels && labelsIn(labels), [labels])
  const arteries = Object.keys(names).map(Number)
  return (
    <div className={classes.menu} role="group" aria-label="Arteries">
      <div className={classes.choices}>
        <button
          type="button"
          className={images.preset}
          disabled={hidden.size === 0}
          onClick={() => {
            dispatch({ type: 'arteries hidden', arteries: new Set() })
          }}
        >
          Show all
        </button>
        <button
          type="button"
          className={images.preset}
          onClick={() => {
            dispatch({ type: 'arteries hidden', arteries: new Set(arteries) })
          }}
        >
          Hide all
        </button>
      </div>
      <div className={classes.arteries}>
        {arteries.map((artery) => {
          const absent = present !== null && !present.has(artery)
          const isShown = !hidden.has(artery)
          const colour = `rgb(${colours[artery - 1]?.join(' ')})`
          return (
            <button
              key={artery}
              type="button"
              className={classes.artery}
              aria-pressed={isShown}
              data-absent={absent || undefined}
              title={absent ? 'Nothing was predicted of it' : isShown ? 'Hide it' : 'Show it'}
              onClick={() => {
                dispatch({ type: 'artery toggled', artery })
              }}
            >
              <i
                style={{
                  borderColor: colour,
                  background: isShown && !absent ? colour : 'none',
                }}
              />
              {names[artery]}
            </button>
          )
        })}
      </div>
    </div>
  )
}
