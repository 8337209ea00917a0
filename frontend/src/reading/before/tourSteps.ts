/** What the tour points at, in the order in which a case is looked at. */
import { keyOf } from '../shortcuts'

export interface TourStep {
  title: string
  /** Text with the keys in braces. */
  words: string
  /** What it points at: all elements that match, as one rectangle. */
  target: string
}

export const TOUR: readonly TourStep[] = [
  {
    title: 'CT',
    words: `The head in three planes. The wheel, {${keyOf('slice up')}} and {${keyOf('slice down')}} go through the slices; a click takes all planes to that point. {${keyOf('next window')}} changes the window.`,
    target: '[data-pane="axial"], [data-pane="coronal"], [data-pane="sagittal"]',
  },
  {
    title: 'Predicted arteries on the CT',
    words: `The colours are what is to be judged. {${keyOf('overlay')}} takes them away and brings them back; {${keyOf('overlay weaker')}} and {${keyOf('overlay stronger')}} make them fainter and stronger.`,
    target: '[role="toolbar"][aria-label="CT"]',
  },
  {
    title: 'The same arteries in 3D',
    words: `Drag to turn. {${keyOf('C-arm view')}} shows them as the C-arm of the angiogram saw them.`,
    target: '[data-pane="tree"]',
  },
  {
    title: 'Angiography',
    words: `{${keyOf('play')}} plays and stops, {${keyOf('previous frame')}} and {${keyOf('next frame')}} go by one frame, {${keyOf('subtract')}} changes between subtracted and native.`,
    target: '[data-pane^="dsa-"]',
  },
  {
    title: 'Your answer',
    words: `The number keys give the grade, {${keyOf('submit')}} submits and goes on. {${keyOf('anchors')}} tells what each grade means. Everything is saved as you give it.`,
    target: 'footer[aria-label="Rating"]',
  },
  {
    title: 'All keys',
    words: `{${keyOf('help')}} shows every key, and this tour again. {${keyOf('pause')}} takes a break: the clock of the case stops, as it does now.`,
    target: 'button[aria-label="Keys"]',
  },
]

/** The steps whose target is there: a case may lack a run or a tree. */
export function stepsOf(page: ParentNode): TourStep[] {
  return TOUR.filter(({ target }) => page.querySelector(target) !== null)
}
