import { fireEvent, screen, within } from '@testing-library/react'
import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { renderInApp } from '../../tests/render'
import { DownloadMenu } from './DownloadMenu'

async function open() {
  const view = renderInApp(<DownloadMenu studyId="s1" />)
  fireEvent.click(screen.getByRole('button', { name: 'Download' }))
  return { ...view, menu: await screen.findByRole('menu') }
}

describe('DownloadMenu', () => {
  it('offers nothing until it is opened', () => {
    renderInApp(<DownloadMenu studyId="s1" />)
    expect(screen.queryAllByRole('menuitem')).toHaveLength(0)
  })

  it.each([
    ['PDF report', 'pdf'],
    ['Excel workbook', 'xlsx'],
    ['CSV', 'csv'],
    ['Column dictionary', 'dictionary.csv'],
    ['JSON', 'json'],
    ['Reproduction bundle', 'zip'],
    ['iMRMC', 'imrmc'],
    ['REDCap dictionary', 'redcap.csv'],
  ])('leads from %s to its file', async (name, kind) => {
    const { menu } = await open()
    const item = within(menu).getByRole('menuitem', { name: new RegExp(`^${name}`) })
    expect(item.getAttribute('href')).toBe(`/api/studies/s1/export.${kind}`)
    expect(item.hasAttribute('download')).toBe(true)
  })

  it('says what each file is for', async () => {
    const { menu } = await open()
    const items = within(menu).getAllByRole('menuitem')
    expect(items).toHaveLength(9)
    expect(items.map(({ textContent }) => textContent)).toContain(
      'Reproduction bundleRatings with scripts that recompute every number',
    )
  })

  it('is gone through with the arrow keys', async () => {
    const { menu } = await open()
    const [first, second] = within(menu).getAllByRole('menuitem')
    first?.focus()
    fireEvent.keyDown(first ?? menu, { key: 'ArrowDown' })
    expect(document.activeElement).toBe(second)
  })

  it('has no accessibility fault that axe can see without a layout', async () => {
    const { menu } = await open()
    const { violations } = await axe.run(menu, { rules: { 'color-contrast': { enabled: false } } })
    expect(violations.map(({ id }) => id)).toEqual([])
  })
})
