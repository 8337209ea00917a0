export type KeyPlace = 'text' | 'slider' | 'button' | 'popup' | 'page'

/** What the element that a key was pressed in makes of it itself. */
export function placeOf(target: EventTarget | null): KeyPlace {
  if (!(target instanceof Element)) return 'page'
  if (target.closest('[role="dialog"], [role="menu"]')) return 'popup'
  // The arrows are theirs, all other keys are not.
  if (target.matches('input[type="range"], input[type="radio"]')) return 'slider'
  if (target.matches('input, textarea, select')) return 'text'
  // A button that was clicked keeps the focus, but whoever clicked it means the page by the next
  // Space or Enter; only a button that was reached by keyboard keeps these keys.
  return target.closest(':is(button, a):focus-visible') ? 'button' : 'page'
}
