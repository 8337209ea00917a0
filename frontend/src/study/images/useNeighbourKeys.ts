import { useWindowEvent } from '@mantine/hooks'
import { placeOf } from '../../keyboard/keyPlace'

/** The arrows to the left and to the right lead from page to page. */
export function useNeighbourKeys(onFormer: () => void, onNext: () => void): void {
  useWindowEvent('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    const place = placeOf(event.target)
    if (place !== 'page' && place !== 'button') return
    if (event.key === 'ArrowLeft') onFormer()
    if (event.key === 'ArrowRight') onNext()
  })
}
