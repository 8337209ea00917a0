/** Focus an element that the next drawing of the page may only just create. */
export function focusSoon(id: string): void {
  requestAnimationFrame(() => {
    document.getElementById(id)?.focus()
  })
}

/** Focus a field and bring it to the middle, clear of what sticks to the window's edges. */
export function showField(id: string): void {
  focusSoon(id)
  document.getElementById(id)?.scrollIntoView({ block: 'center' })
}
