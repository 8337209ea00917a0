/** Focus an element that the next drawing of the page may only just create. */
export function focusSoon(id: string): void {
  requestAnimationFrame(() => {
    const element = document.getElementById(id)
    element?.focus()
    element?.scrollIntoView({ block: 'center' })
  })
}
