/** The protocol as it is being edited: what the form holds, and the document it stands for. */
import type {
  AdjudicationRule,
  BootstrapMethod,
  KappaWeights,
  Protocol,
  RaterProtocol,
  ReadingOrder,
  ResamplingUnit,
  SignatureRule,
  TreeOverDsa,
} from '../../api/types'
import { codesOf } from './codes'

/** What a number field holds: a number, or whatever was typed that is none. */
export type NumberInputValue = number | string

export interface LevelForm {
  key: string
  name: string
  anchor: string
  exampleImage: string | null
}

/** A territory, a question or a reason. */
export interface ItemForm {
  key: string
  /** What exports call it; null until it is first saved. */
  code: string | null
  label: string
  required: boolean
}

export type ItemList = 'territories' | 'questions' | 'unscorableReasons'

export interface ProtocolForm {
  title: string
  /** Value of the lowest level. */
  lowest: number
  /** Lowest first. */
  levels: LevelForm[]
  /** How many levels lie below the cut-point. */
  lowLevels: number
  territories: ItemForm[]
  questions: ItemForm[]
  unscorableReasons: ItemForm[]
  requireAllRunsOpened: boolean
  treeOverDsa: TreeOverDsa
  /** Shares are in per cent. */
  calibration: {
    on: boolean
    cases: NumberInputValue
    passMark: NumberInputValue
    tolerance: NumberInputValue
  }
  repeats: {
    on: boolean
    share: NumberInputValue
    minimum: NumberInputValue
    washoutDays: NumberInputValue
  }
  readingOrder: ReadingOrder
  /** Empty where raters may read as many as they like. */
  casesPerDay: NumberInputValue
  weights: KappaWeights
  ciMethod: BootstrapMethod
  resamples: NumberInputValue
  resamplingUnit: ResamplingUnit
  confidence: NumberInputValue
  seed: NumberInputValue
  adjudication: AdjudicationRule
  signatures: SignatureRule
}

export const FEWEST_LEVELS = 2
export const MOST_LEVELS = 10

const USUAL_CALIBRATION = { cases: 5, pass_mark: 0.8, tolerance_levels: 1 }
const USUAL_REPEATS = { share: 0.1, minimum: 30, washout_days: 28 }

export function formOf(document: Protocol): ProtocolForm {
  const calibration = document.calibration ?? USUAL_CALIBRATION
  const repeats = document.repeats ?? USUAL_REPEATS
  return {
    title: document.title,
    lowest: document.levels[0]?.value ?? 1,
    levels: document.levels.map(({ name, anchor, example_image: exampleImage }, place) => ({
      key: String(place + 1),
      name,
      anchor,
      exampleImage: exampleImage ?? null,
    })),
    lowLevels: document.levels.filter(({ value }) => value < document.high_from).length,
    territories: itemsOf(document.territories),
    questions: itemsOf(document.questions),
    unscorableReasons: itemsOf(document.unscorable_reasons),
    requireAllRunsOpened: document.require_all_runs_opened,
    treeOverDsa: document.tree_over_dsa,
    calibration: {
      on: document.calibration !== null,
      cases: calibration.cases,
      passMark: percentOf(calibration.pass_mark),
      tolerance: calibration.tolerance_levels,
    },
    repeats: {
      on: document.repeats !== null,
      share: percentOf(repeats.share),
      minimum: repeats.minimum,
      washoutDays: repeats.washout_days,
    },
    readingOrder: document.reading_order,
    casesPerDay: document.cases_per_day ?? '',
    weights: document.weights,
    ciMethod: document.ci_method,
    resamples: document.resamples,
    resamplingUnit: document.resampling_unit,
    confidence: percentOf(document.confidence),
    seed: document.seed,
    adjudication: document.adjudication,
    signatures: document.signatures,
  }
}

function itemsOf(
  parts: readonly { code: string; label: string; required?: boolean }[],
): ItemForm[] {
  return parts.map(({ code, label, required = true }, place) => ({
    key: String(place + 1),
    code,
    label,
    required,
  }))
}

/** Per cent of a share, without the dust of binary fractions. */
function percentOf(share: number): number {
  return Math.round(share * 1e8) / 1e6
}

/** The number in a field, or null where there is none. */
export function numberIn(value: NumberInputValue): number | null {
  const number = typeof value === 'number' ? value : value.trim() === '' ? NaN : Number(value)
  return Number.isFinite(number) ? number : null
}

/** The share that a number of per cent stands for, without the dust of binary fractions. */
export function shareIn(percent: NumberInputValue): number | null {
  const number = numberIn(percent)
  return number === null ? null : Math.round(number * 1e6) / 1e8
}

/** The document that the form stands for; an empty number is null, and the server says so. */
export function documentOf(form: ProtocolForm) {
  return {
    title: form.title,
    levels: form.levels.map(({ name, anchor, exampleImage }, place) => ({
      value: form.lowest + place,
      name,
      anchor,
      example_image: exampleImage,
    })),
    high_from: form.lowest + form.lowLevels,
    territories: partsOf(form.territories),
    questions: partsOf(form.questions),
    unscorable_reasons: reasonsOf(form.unscorableReasons),
    require_all_runs_opened: form.requireAllRunsOpened,
    tree_over_dsa: form.treeOverDsa,
    calibration: form.calibration.on
      ? {
          cases: numberIn(form.calibration.cases),
          pass_mark: shareIn(form.calibration.passMark),
          tolerance_levels: numberIn(form.calibration.tolerance),
        }
      : null,
    repeats: form.repeats.on
      ? {
          share: shareIn(form.repeats.share),
          minimum: numberIn(form.repeats.minimum),
          washout_days: numberIn(form.repeats.washoutDays),
        }
      : null,
    reading_order: form.readingOrder,
    cases_per_day: numberIn(form.casesPerDay),
    weights: form.weights,
    confidence: shareIn(form.confidence),
    ci_method: form.ciMethod,
    resamples: numberIn(form.resamples),
    resampling_unit: form.resamplingUnit,
    seed: numberIn(form.seed),
    adjudication: form.adjudication,
    signatures: form.signatures,
  }
}

function partsOf(items: readonly ItemForm[]) {
  const codes = codesOf(items)
  return items.map(({ label, required }, place) => ({ code: codes[place] ?? '', label, required }))
}

function reasonsOf(items: readonly ItemForm[]) {
  const codes = codesOf(items, true)
  return items.map(({ label }, place) => ({ code: codes[place] ?? '', label }))
}

/** The form as a rater would see it now; what is not yet named shows its place. */
export function previewOf(form: ProtocolForm): RaterProtocol {
  const draft = documentOf(form)
  const named = (text: string, otherwise: string) => (text.trim() === '' ? otherwise : text)
  return {
    title: named(draft.title, 'Quality of the segmentation'),
    levels: draft.levels.map((level) => ({ ...level, name: named(level.name, 'Not named yet') })),
    unscorable_reasons: draft.unscorable_reasons.map((reason) => ({
      ...reason,
      label: named(reason.label, 'Not named yet'),
    })),
    territories: draft.territories.map((territory) => ({
      ...territory,
      label: named(territory.label, 'Not named yet'),
    })),
    questions: draft.questions.map((question) => ({
      ...question,
      label: named(question.label, 'Not worded yet'),
    })),
    require_all_runs_opened: draft.require_all_runs_opened,
    tree_over_dsa: draft.tree_over_dsa,
  }
}

/** Whether the form says anything else than the document it began from. */
export function differs(form: ProtocolForm, document: Protocol): boolean {
  return JSON.stringify(documentOf(form)) !== JSON.stringify(documentOf(formOf(document)))
}
