/**
 * The shapes of the HTTP API, generated from the server's own schema (`npm run generate-api`).
 * The report and the media manifest are JSON that the schema does not describe; they stand below
 * and in `viewer/manifest.ts`.
 */
import type { MediaManifest } from '../viewer/manifest'
import type { components, operations } from './schema'

type Schemas = components['schemas']

export type User = Schemas['Person']
export type Session = Schemas['Session']
export type Account = Schemas['Account']
export type Passkey = Schemas['PasskeyName']
export type AccountSession = Schemas['BrowserSession']
export type ApiToken = Schemas['ApiToken']
export type TokenScope = Schemas['ScopesEnum']
export type NewToken = Omit<Schemas['TokenWishRequest'], 'password' | 'code'>
export type NewSecret = Schemas['NewSecret']
export type PasskeyQuestion = Schemas['PasskeyQuestion']
export type StudyState = Schemas['StudyStateEnum']
export type StudySummary = Schemas['MyStudy']
export type Adjudication = Schemas['Adjudication']
export type Consensus = Schemas['ConsensusSummary']
export type Level = Schemas['Level']
export type KappaWeights = Schemas['WeightsEnum']
export type BootstrapMethod = Schemas['CiMethodEnum']
export type Protocol = Schemas['Protocol']
export type RaterProtocol = Schemas['RaterProtocol']
export type ProtocolInForce = Schemas['ProtocolInForce']
export type ProtocolVersion = Schemas['ProtocolVersion']
export type ProtocolTemplate = Schemas['ProtocolTemplate']
export type AdjudicationRule = Schemas['AdjudicationEnum']
export type TreeOverDsa = Schemas['TreeOverDsaEnum']
export type ReadingOrder = Schemas['ReadingOrderEnum']
export type ResamplingUnit = Schemas['ResamplingUnitEnum']
export type SampleSizePlan = Schemas['SampleSizePlanRequest']
export type SampleSize = Schemas['SampleSize']
export type ExportKind = operations['studies_export']['parameters']['path']['kind']
export type SegmentationModel = Schemas['Model']
export type ModelCard = Schemas['ModelCard']
export type ModelEvaluation = Schemas['ModelEvaluation']
export type StudyModel = Schemas['StudyModel']
export type Models = Schemas['Models']
export type ModelImport = Schemas['ModelImport']
export type NewModel = Schemas['NewModelRequest']
export type BegunImport = Schemas['BegunImport']
export type RaterProgress = Schemas['RaterProgress']
export type Site = Schemas['Site']
export type CaseCounts = Schemas['Counts']
export type Study = Schemas['Overview']
export type CaseState = Schemas['CaseStateEnum']
export type CaseSeries = Schemas['Series']
export type StudyCase = Schemas['CaseRow']
export type CaseDetail = Schemas['CaseDetail']
export type CasePlace = Schemas['Place']
export type OcclusionSide = Schemas['OcclusionSideEnum']
export type OcclusionSegment = Schemas['OcclusionSegmentEnum']
export type CasePurpose = Schemas['PurposeEnum']
export type Progress = Schemas['Progress']
export type Obstacle = Schemas['Obstacle']
export type RaterRow = Schemas['RaterRow']
export type UploadMessage = Schemas['UploadMessage']
export type Upload = Schemas['Upload']
export type NewUpload = Schemas['BeginUploadRequest']
export type SentFile = Schemas['SentFile']
export type ManifestRow = Schemas['ManifestRow']
export type PartOfProblem = Schemas['ProblemPart']
export type ManifestProblem = PartOfProblem & Required<Pick<PartOfProblem, 'line' | 'column'>>
export type Room = Schemas['Room']
export type Answers = Required<Schemas['Answers']>
export type TerritoryGrade = Schemas['TerritoryGrade']
export type Worklist = Schemas['Worklist']
export type CheckedScreen = Schemas['CheckedScreen']
export type Screen = Schemas['ScreenRequest']
export type NewDisplayCheck = Schemas['NewDisplayCheckRequest']
export type DisplayFindings = Schemas['DisplayFindings']
export type DraftSaved = Schemas['SavedDraft']
export type CaseSubmitted = Omit<Schemas['Submitted'], 'opened'> & { opened: ReadingCase | null }
export type SentViewUse = Schemas['ViewUseRequest']
export type Role = Schemas['RoleEnum']
export type Signing = Schemas['Signing']
export type SignedAnswers = Schemas['SignedReading']['answers']
export type Signatures = Schemas['Signatures']
export type GivenSignature = Schemas['GivenSignature']
export type ToSign = Schemas['ToSign']
export type SignatureRule = Schemas['SignaturesEnum']
export type Stage = Schemas['RaterCase']['stage']
export type Wait = NonNullable<Worklist['wait']>
export type CalibrationResult = Schemas['CalibrationResult']
export type Member = Schemas['Member']
export type Invitation = Schemas['Invitation']
export type InvitationWithLink = Schemas['InvitationWithLink']
export type NewInvitation = Schemas['NewInvitationRequest']
export type People = Schemas['People']
export type TrailEvent = Schemas['TrailEvent']
export type TrailPage = Schemas['TrailPage']
export type ChainState = Schemas['ChainState']
/** What to look for in the audit trail; what is empty does not matter. */
export interface TrailQuery {
  words: string
  person: string
  action: string
  case: string
  since: string
  until: string
}
export type InvitedTo = Schemas['Invited']
export type SeriesKind = Schemas['SeriesKindEnum']
export type Verdict = Schemas['VerdictEnum']
export type Phase = Schemas['PhaseEnum']
export type Review = Schemas['ReviewEnum']
export type Gate = Schemas['Gate']
export type Geometry = Schemas['Geometry']
export type Rectangle = Schemas['Rectangle']
export type TextBox = Schemas['TextBox']
export type ImageSeries = Schemas['CaseSeries']
export type CaseImages = Schemas['CaseImages']
export type CaseFindings = Schemas['CaseFindings']
export type TreeMeasures = Schemas['TreeMeasures']
export type TreeExtent = Schemas['Extent']
export type WaitingSeries = Schemas['WaitingSeries']
export type ReviewDecision = Schemas['ReviewDecisionRequest']
export type NewAccount = Schemas['NewAccountRequest']
export type Joined = Schemas['Joined']
export type ReadingCase = Omit<Schemas['RaterCase'], 'draft' | 'media'> & {
  draft: Answers | null
  media: RaterMedia
}
export interface RaterMedia {
  base: string
  manifest: MediaManifest
  /** Another one for other images, be they under the same code. */
  version: string
}
export type FollowingCase = Omit<Schemas['FollowingCase'], 'media'> & { media: RaterMedia | null }

export type Interval = [low: number, high: number]

export interface Rate {
  rater: string
  high: number
  /** Cases that the rater scored. Without any there is no rate and no interval. */
  n: number
  rate: number | null
  wilson: Interval | null
  clopper_pearson: Interval | null
  unscorable: number
}

export interface Estimate {
  /** Null where the coefficient is undefined, as when both raters are constant on one level. */
  estimate: number | null
  se: number | null
  ci: Interval | null
}

export interface WeightedKappa extends Estimate {
  weights: KappaWeights
}

/** κ with the bootstrap behind its interval. */
export interface BootstrappedKappa extends WeightedKappa {
  method: BootstrapMethod
  resamples: number
  /** Number of resamples in which κ is undefined. */
  undefined: number
  /** Why no interval is given, or null. */
  refused: string | null
}

export interface PrimaryKappa extends BootstrappedKappa {
  seed: number
  primary: true
}

export interface Histogram {
  edges: number[]
  counts: number[]
}

/** Coefficients under the same keys for two raters, for a pair, and for all raters together. */
export interface Coefficients {
  n_paired: number
  kappa: PrimaryKappa
  kappas: WeightedKappa[]
  dichotomised_kappa: Estimate
  ac1: Estimate
  pabak: Estimate
  percent_agreement: number | null
  histogram: Histogram
  /** Null of more than two raters. */
  dichotomised: CutIndices | null
  /** What κ means at this prevalence; null of more than two raters. */
  paradox?: string | null
  mcnemar?: McNemarTest | null
  bowker?: HabitTest | null
  stuart_maxwell?: HabitTest | null
}

/** A χ² test of two raters' habits, or the reason why there is none. */
export interface HabitTest {
  statistic: number | null
  df: number | null
  p: number | null
  refused: string | null
}

/** At the cut-point. */
export interface McNemarTest extends HabitTest {
  exact_p: number | null
  /** Cases that the first rater alone called high, and the second alone. */
  only_first: number
  only_second: number
  /** Rate of high of the first rater minus that of the second, with Tango's interval. */
  difference: number | null
  ci: Interval | null
}

export interface PairReport extends Coefficients {
  raters: [string, string]
  /** Rows first rater, columns second, in the order of `levels`. */
  table: number[][]
}

/** A coefficient beside κ, AC1 and PABAK. */
export type OverallCoefficient = Estimate &
  (
    | {
        coefficient: 'fleiss' | 'conger' | 'gwet' | 'scott' | 'brennan_prediger'
        weights: KappaWeights
      }
    | { coefficient: 'krippendorff'; weights: 'nominal' | 'ordinal' | 'interval' | 'ratio' }
  )

export interface IntraRater {
  rater: string
  n_repeated: number
  n_paired: number
  table: number[][]
  kappa: BootstrappedKappa
  percent_agreement: number | null
}

/** The 2×2 table at the cut-point, low first. */
export interface CutIndices {
  table: number[][]
  percent_agreement: number | null
  positive_agreement: number | null
  negative_agreement: number | null
  prevalence_index: number | null
  bias_index: number | null
}

export interface Disagreement {
  case: string
  site: string
  /** In the order of the raters; null where unscorable. */
  grades: (number | null)[]
  /** null where only one rater graded the case. */
  levels_apart: number | null
  across_cut: boolean
  partly_unscorable: boolean
}

/** One rater's time and grades over the order of reading. */
export interface Course {
  rater: string
  n: number
  seconds: {
    n: number
    median: number
    quartiles: Interval
    slope: { per_100: number; ci: Interval; intercept: number } | null
    refused: string | null
  } | null
  grade: Estimate & { refused: string | null }
  points: [position: number, seconds: number | null, grade: number | null][]
  sentence: string
}

export interface ItemRate extends Omit<Rate, 'unscorable'> {
  not_opacified: number
  unanswered: number
}

export interface ItemAgreement {
  n_paired: number
  kappa: BootstrappedKappa
  percent_agreement: number | null
}

/** A territory, or a yes-or-no question. */
export interface ItemReport extends ItemAgreement {
  code: string
  label: string
  rates: ItemRate[]
  ac1: Estimate
  /** With "not opacified" as an answer of its own; null where nobody gave it. */
  answers: ItemAgreement | null
}

export interface ChecklistItem {
  item: string
  section: string
  asks: string
  says: string
  status: 'filled' | 'partly' | 'authors'
}

export type UnblindedCase = Omit<Schemas['UnblindedCase'], 'media'> & {
  media: { base: string; manifest: MediaManifest } | null
}
export type UnblindedRating = Schemas['UnblindedRating']

/** What is absent where a key may be absent: the report was computed by an earlier release. */
export interface Report extends Coefficients {
  study_name: string
  data_notice: string
  snapshot_sha256: string
  protocol_sha256: string
  locked_at: string
  sentence: string
  raters: string[]
  levels: { value: number; name: string }[]
  high_from: number
  /** Of two raters; null for more, each pair of whom has its own. */
  table: number[][] | null
  pairs?: PairReport[]
  overall?: OverallCoefficient[]
  intra_rater?: IntraRater[]
  resampling?: { unit: 'case' | 'site'; units: number }
  n_cases: number
  /** Unscorable counted as low; null where all was scorable. */
  sensitivity: {
    rates: Rate[]
    percent_agreement: number | null
    dichotomised_kappa: Estimate
  } | null
  unscorable?: { code: string; label: string; counts: number[] }[]
  disagreements?: Disagreement[]
  courses?: Course[]
  territories?: ItemReport[]
  questions?: ItemReport[]
  grras?: ChecklistItem[]
  rates: Rate[]
  sites: { site: string; rates: Rate[] }[]
  /** Cases of which it is not known stand under an empty name. Older reports have neither. */
  sides?: { side: OcclusionSide | ''; rates: Rate[] }[]
  segments?: { segment: OcclusionSegment | ''; rates: Rate[] }[]
  footnotes: string[]
  warnings: string[]
  model: SegmentationModel | null
}
