// The one place that speaks HTTP. Every failure becomes an ApiError with a message for people.
import { earlyAnswer } from './early'
import { takeActivity } from './activity'
import { noteSessionEnd, untilSignedInAgain } from './sessionEnd'
import type {
  Account,
  Adjudication,
  Answers,
  BegunImport,
  CaseDetail,
  CaseFindings,
  CaseImages,
  CasePurpose,
  CaseSubmitted,
  ChainState,
  DisplayFindings,
  DraftSaved,
  FollowingCase,
  ExportKind,
  Invitation,
  InvitationWithLink,
  InvitedTo,
  Joined,
  ManifestRow,
  Member,
  Models,
  NewAccount,
  NewSecret,
  NewToken,
  PasskeyQuestion,
  NewDisplayCheck,
  NewInvitation,
  NewModel,
  NewUpload,
  People,
  Progress,
  ProtocolInForce,
  ProtocolTemplate,
  ReadingCase,
  Report,
  ReviewDecision,
  Room,
  SampleSize,
  SampleSizePlan,
  SentFile,
  SentViewUse,
  SeriesKind,
  Signatures,
  Signing,
  ToSign,
  Session,
  Study,
  StudyCase,
  StudyModel,
  StudySummary,
  TrailPage,
  TrailQuery,
  UnblindedCase,
  Upload,
  WaitingSeries,
  Worklist,
} from './types'

import { actionIsAnswered, actionKey } from './actionKeys'
import { patiently } from './patience'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

const PROBLEM_KIND = 'urn:reader-study:problem:'

export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    message: string,
    /** HTTP status, or 0 when no answer came. */
    readonly status: number,
    /** The answer's JSON body; a 409 carries the server's newer state in it. */
    readonly body: unknown = null,
  ) {
    super(message)
  }

  /** What kind of problem it is, such as `session-ended`; empty where the status says enough. */
  get kind(): string {
    const type =
      typeof this.body === 'object' && this.body !== null && 'type' in this.body
        ? String(this.body.type)
        : ''
    return type.startsWith(PROBLEM_KIND) ? type.slice(PROBLEM_KIND.length) : ''
  }
}

export const NO_CONNECTION =
  'The server cannot be reached. What you see on this page is kept. Check the network, then try again.'

export function csrfToken(cookies: string = document.cookie): string {
  return /(?:^|;\s*)csrftoken=([^;]*)/.exec(cookies)?.[1] ?? ''
}

/** What went wrong, in words, from an answer's status and its JSON body. */
export function problemMessage(status: number, body: unknown): string {
  const stated = statedProblem(body)
  if (stated !== '') return stated
  if (status === 401 || status === 403) return 'You are not allowed to do this. Log in again.'
  if (status === 404) return 'This does not exist, or your account has no access to it.'
  if (status === 413)
    return 'The files are larger than the server accepts. Send them in smaller parts.'
  if (status >= 500) {
    return `The server failed (error ${status}). Nothing was changed. Try again; if it happens again, tell the administrator.`
  }
  return `The server refused this (error ${status}).`
}

function statedProblem(body: unknown): string {
  if (typeof body !== 'object' || body === null) return ''
  if ('detail' in body && typeof body.detail === 'string') return body.detail
  return Object.values(body)
    .flat()
    .filter((text): text is string => typeof text === 'string')
    .join(' ')
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Whether the server refused for a reason that the pages have an answer to. */
export function isProblem(error: unknown, kind: string): error is ApiError {
  if (!(error instanceof ApiError)) return false
  const { body } = error
  return (
    typeof body === 'object' &&
    body !== null &&
    'type' in body &&
    body.type === `urn:reader-study:problem:${kind}`
  )
}

async function send(
  method: Method,
  path: string,
  headers: Record<string, string>,
  body?: BodyInit,
  options: RequestInit = {},
) {
  const activity: Record<string, string> = takeActivity() ? { 'X-Person-Active': '1' } : {}
  try {
    const early = method === 'GET' ? earlyAnswer(path) : undefined
    if (early) return await early
    return await patiently(() =>
      fetch(path, {
        method,
        headers: { ...headers, ...activity },
        body: body ?? null,
        credentials: 'same-origin',
        ...options,
      }),
    )
  } catch {
    throw new ApiError(NO_CONNECTION, 0)
  }
}

/** The first answer after a session's end says so, and takes the session's cookie away. */
const wantsLogIn = (error: ApiError) =>
  isProblem(error, 'session-ended') || isProblem(error, 'not-signed-in')

async function failure(response: Response): Promise<ApiError> {
  const body = parseJson(await response.text())
  const error = new ApiError(problemMessage(response.status, body), response.status, body)
  if (wantsLogIn(error)) noteSessionEnd()
  return error
}

async function request<T>(
  method: Method,
  path: string,
  body?: unknown,
  options?: RequestInit,
  /** What was measured just now is not worth sending after a log-in. */
  afterLogIn = true,
  conditions: Record<string, string> = {},
): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', ...conditions }
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken()
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  const json = body === undefined ? undefined : JSON.stringify(body)
  const isAction = method === 'POST'
  if (isAction) headers['Idempotency-Key'] = actionKey(path, json)
  const response = await send(method, path, headers, json, options)
  if (isAction) actionIsAnswered(path, json)
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T
  const problem = await failure(response)
  if (!wantsLogIn(problem) || !afterLogIn) throw problem
  // Nothing that somebody did is lost: it is sent once the person is back.
  await untilSignedInAgain()
  return request<T>(method, path, body, undefined, afterLogIn, conditions)
}

/** Makes a change upon the state that was read, or none: status 412 where there is a newer one. */
const change = <T>(path: string, etag: string, body: unknown) =>
  request<T>('POST', path, body, undefined, true, { 'If-Match': `"${etag}"` })

/** Sends files; the browser writes the boundaries between them. */
async function sendForm<T>(path: string, form: FormData): Promise<T> {
  const headers = { Accept: 'application/json', 'X-CSRFToken': csrfToken() }
  const response = await send('POST', path, headers, form)
  if (!response.ok) throw await failure(response)
  return (await response.json()) as T
}

const lastAnswers = new Map<string, { etag: string; body: unknown }>()

/** GET that costs the server no body while nothing has changed. */
async function requestIfChanged<T>(path: string): Promise<T> {
  const known = lastAnswers.get(path)
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (known) headers['If-None-Match'] = known.etag
  const response = await send('GET', path, headers)
  if (known && response.status === 304) return known.body as T
  if (!response.ok) throw await failure(response)
  const body = (await response.json()) as T
  const etag = response.headers.get('ETag')
  if (etag !== null) lastAnswers.set(path, { etag, body })
  return body
}

export const getSession = () => request<Session>('GET', '/api/session')
export const logIn = (username: string, password: string, code?: string) =>
  request<Session>('POST', '/api/session', { username, password, ...(code ? { code } : {}) })
export const askForPasskey = () =>
  request<PasskeyQuestion>('POST', '/api/session/passkey-question')
export const logInWithPasskey = (credential: unknown) =>
  request<Session>('POST', '/api/session/passkey', { credential })
export const giveCode = (code: string) =>
  request<Session>('POST', '/api/session/second-factor', { code })
export const givePasskey = (credential: unknown) =>
  request<Session>('POST', '/api/session/second-factor', { credential })

/** Where the browser goes so that a directory, such as the hospital's, vouches for the person. */
export const addressAtDirectory = (id: string, link: boolean) =>
  request<{ address: string }>('POST', `/api/session/directories/${id}`, { link })
export const unlinkDirectory = (id: string) =>
  request<undefined>('DELETE', `/api/session/directories/${id}`)

/** That the person at the keyboard is the one who logged in. */
export interface Proof {
  password: string
  code: string
}
interface NewRecoveryCodes {
  recovery_codes: string[]
}
export const getAccount = () => request<Account>('GET', '/api/account')
export const changePassword = (proof: Proof, newPassword: string) =>
  request<undefined>('POST', '/api/account/password', { ...proof, new_password: newPassword })
export const newSecret = (proof: Proof) =>
  request<NewSecret>('POST', '/api/account/app/secret', proof)
export const addApp = (code: string) =>
  request<NewRecoveryCodes>('POST', '/api/account/app', { code })
export const removeApp = (proof: Proof) =>
  request<undefined>('POST', '/api/account/app/remove', proof)
export const askForNewPasskey = (proof: Proof) =>
  request<PasskeyQuestion>('POST', '/api/account/passkeys/question', proof)
export const addPasskey = (name: string, credential: unknown) =>
  request<NewRecoveryCodes>('POST', '/api/account/passkeys', { name, credential })
export const removePasskey = (id: number, proof: Proof) =>
  request<undefined>('POST', `/api/account/passkeys/${id}/remove`, proof)
export const newRecoveryCodes = (proof: Proof) =>
  request<NewRecoveryCodes>('POST', '/api/account/recovery-codes', proof)
export const endOtherSessions = () =>
  request<undefined>('POST', '/api/account/end-other-sessions')
export const createToken = (proof: Proof, token: NewToken) =>
  request<{ token: string }>('POST', '/api/account/tokens', { ...proof, ...token })
export const revokeToken = (id: number) =>
  request<undefined>('DELETE', `/api/account/tokens/${id}`)
export const setSecondFactorRule = (studyId: string, required: boolean) =>
  request<People>('POST', `/api/studies/${studyId}/second-factor`, { required })
export const logOut = () => request<undefined>('DELETE', '/api/session')

export const listStudies = () => request<StudySummary[]>('GET', '/api/studies')
export const getStudy = (studyId: string) => request<Study>('GET', `/api/studies/${studyId}`)
export const listCases = (studyId: string) =>
  requestIfChanged<StudyCase[]>(`/api/studies/${studyId}/cases`)
export const listUploads = (studyId: string) =>
  requestIfChanged<Upload[]>(`/api/studies/${studyId}/uploads`)
export const beginUpload = (studyId: string, upload: NewUpload) =>
  request<Upload>('POST', `/api/studies/${studyId}/uploads`, upload)
export const discardUpload = (studyId: string, uploadId: string) =>
  request<undefined>('DELETE', `/api/studies/${studyId}/uploads/${uploadId}`)
/** A connection that died in a laptop's sleep may otherwise never answer. */
const withinAMinute = () => ({ signal: AbortSignal.timeout(60_000) })
export const completeUpload = (studyId: string, uploadId: string) =>
  request<Upload>(
    'POST',
    `/api/studies/${studyId}/uploads/${uploadId}/complete`,
    {},
    withinAMinute(),
  )
/** Where tus takes the files of an upload. */
export const sentFilesAddress = (studyId: string, uploadId: string) =>
  `/api/studies/${studyId}/uploads/${uploadId}/files`
export const listSentFiles = (studyId: string, uploadId: string) =>
  request<SentFile[]>('GET', sentFilesAddress(studyId, uploadId), undefined, withinAMinute())
export const checkManifest = (studyId: string, manifest: string) =>
  request<{ rows: ManifestRow[] }>('POST', `/api/studies/${studyId}/manifest`, { manifest })
export const getRoom = (studyId: string) =>
  request<Room>('GET', `/api/studies/${studyId}/storage`)
export const openForReading = (studyId: string) =>
  request<Study>('POST', `/api/studies/${studyId}/open`, {})
/** The hash of what was shown, and what proves who signs it. */
export type TypedSignature = Proof & { record_sha256: string }

export const getSignatures = (studyId: string) =>
  request<Signatures>('GET', `/api/studies/${studyId}/signatures`)
export const signExport = (
  studyId: string,
  of: ToSign['of'],
  sha256: string,
  proof: Proof,
) =>
  request<Signatures>('POST', `/api/studies/${studyId}/signatures`, {
    of,
    record_sha256: sha256,
    ...proof,
  })
export const getSigning = (studyId: string) =>
  request<Signing>('GET', `/api/reading/${studyId}/signature`)
export const signReadings = (studyId: string, sha256: string, proof: Proof) =>
  request<Signing>('POST', `/api/reading/${studyId}/signature`, {
    record_sha256: sha256,
    ...proof,
  })
export const lockStudy = (studyId: string, confirmName: string, signature?: TypedSignature) =>
  request<Study>('POST', `/api/studies/${studyId}/lock`, {
    confirm_name: confirmName,
    ...signature,
  })
export const retryCase = (studyId: string, caseId: string) =>
  request<StudyCase>('POST', `/api/studies/${studyId}/cases/${caseId}/retry`, {})
export const cancelCase = (studyId: string, caseId: string) =>
  request<StudyCase>('POST', `/api/studies/${studyId}/cases/${caseId}/cancel`, {})
export const cancelIngest = (studyId: string, uploadId: string) =>
  request<Upload>('POST', `/api/studies/${studyId}/uploads/${uploadId}/cancel`, {})
export const retryUpload = (studyId: string, uploadId: string) =>
  request<Upload>('POST', `/api/studies/${studyId}/uploads/${uploadId}/retry`, {})
export const getProgress = (studyId: string) =>
  requestIfChanged<Progress>(`/api/studies/${studyId}/progress`)
export const getCase = (studyId: string, caseId: string) =>
  request<CaseDetail>('GET', `/api/studies/${studyId}/cases/${caseId}`)
export const setCasePurpose = (
  studyId: string,
  caseId: string,
  etag: string,
  purpose: CasePurpose,
  referenceGrade: number | null,
) =>
  change<CaseDetail>(`/api/studies/${studyId}/cases/${caseId}/purpose`, etag, {
    purpose,
    reference_grade: referenceGrade,
  })
export const setOcclusion = (
  studyId: string,
  caseId: string,
  etag: string,
  side: string,
  segment: string,
) =>
  change<CaseDetail>(`/api/studies/${studyId}/cases/${caseId}/occlusion`, etag, { side, segment })
export const withdrawCase = (studyId: string, caseId: string, reason: string) =>
  request<CaseDetail>('POST', `/api/studies/${studyId}/cases/${caseId}/withdraw`, { reason })
export const deletePatient = (
  studyId: string,
  caseId: string,
  asked: { confirm_code: string; reason: string } & Proof,
) => request<CaseDetail>('POST', `/api/studies/${studyId}/cases/${caseId}/delete-patient`, asked)
export const restoreCase = (studyId: string, caseId: string) =>
  request<CaseDetail>('POST', `/api/studies/${studyId}/cases/${caseId}/restore`, {})
export const unlockReading = (studyId: string, assignmentId: number, reason: string) =>
  request<CaseDetail>('POST', `/api/studies/${studyId}/readings/${assignmentId}/unlock`, {
    reason,
  })
export const getCaseImages = (studyId: string, caseId: string) =>
  request<CaseImages>('GET', `/api/studies/${studyId}/cases/${caseId}/images`)
export const getCaseFindings = (studyId: string, caseId: string) =>
  request<CaseFindings>('GET', `/api/studies/${studyId}/cases/${caseId}/findings`)
const seriesAddress = (studyId: string, caseId: string, seriesId: number) =>
  `/api/studies/${studyId}/cases/${caseId}/series/${seriesId}`
export const thumbnailAddress = (studyId: string, caseId: string, seriesId: number) =>
  `${seriesAddress(studyId, caseId, seriesId)}/thumbnail`
export const pictureAddress = (
  studyId: string,
  caseId: string,
  seriesId: number,
  picture: number,
) => `${seriesAddress(studyId, caseId, seriesId)}/pictures/${picture}`
export const overruleSeries = (
  studyId: string,
  caseId: string,
  seriesId: number,
  kind: SeriesKind,
  reason: string,
) =>
  request<CaseImages>('POST', `${seriesAddress(studyId, caseId, seriesId)}/overrule`, {
    kind,
    reason,
  })
export const listWaitingSeries = (studyId: string) =>
  request<WaitingSeries[]>('GET', `/api/studies/${studyId}/review`)
export const reviewSeries = (
  studyId: string,
  caseId: string,
  seriesId: number,
  decision: ReviewDecision,
) => request<CaseImages>('POST', `${seriesAddress(studyId, caseId, seriesId)}/review`, decision)
export const addToLists = (studyId: string) =>
  request<Study>('POST', `/api/studies/${studyId}/add-to-lists`, {})
export const getUnblindedCase = (studyId: string, code: string) =>
  request<UnblindedCase>(
    'GET',
    `/api/studies/${studyId}/report/cases/${encodeURIComponent(code)}`,
  )

export const getReport = (studyId: string) =>
  request<Report>('GET', `/api/studies/${studyId}/report`)
export const getAdjudication = (studyId: string) =>
  request<Adjudication>('GET', `/api/studies/${studyId}/adjudication`)
export const beginAdjudication = (studyId: string, username: string) =>
  request<Adjudication>('POST', `/api/studies/${studyId}/adjudication`, { username })
export const concludeStudy = (studyId: string, confirmName: string, signature?: TypedSignature) =>
  request<Adjudication>('POST', `/api/studies/${studyId}/conclude`, {
    confirm_name: confirmName,
    ...signature,
  })
export const consensusAddress = (studyId: string, kind: 'csv' | 'json') =>
  `/api/studies/${studyId}/consensus.${kind}`
export const exportAddress = (studyId: string, kind: ExportKind) =>
  `/api/studies/${studyId}/export.${kind}`

export const listTrail = (studyId: string, wanted: TrailQuery, before: number | null) => {
  const asked = Object.entries({ ...wanted, before: before === null ? '' : String(before) })
  const query = new URLSearchParams(asked.filter(([, value]) => value !== '')).toString()
  return request<TrailPage>('GET', `/api/studies/${studyId}/audit${query && `?${query}`}`)
}
export const getChainState = (studyId: string) =>
  request<ChainState>('GET', `/api/studies/${studyId}/audit/chain`)
export const trailAddress = (studyId: string, kind: 'csv' | 'json') =>
  `/api/studies/${studyId}/audit.${kind}`

export const getPeople = (studyId: string) =>
  request<People>('GET', `/api/studies/${studyId}/people`)
export const endMembership = (studyId: string, memberId: number, reason: string) =>
  request<Member>('POST', `/api/studies/${studyId}/people/${memberId}/end`, { reason })
export const restoreMembership = (studyId: string, memberId: number) =>
  request<Member>('POST', `/api/studies/${studyId}/people/${memberId}/restore`, {})
export const invite = (studyId: string, invitation: NewInvitation) =>
  request<InvitationWithLink>('POST', `/api/studies/${studyId}/invitations`, invitation)
export const revokeInvitation = (studyId: string, invitationId: string) =>
  request<Invitation>('POST', `/api/studies/${studyId}/invitations/${invitationId}/revoke`, {})

const invitationAddress = (token: string) => `/api/invitations/${encodeURIComponent(token)}`
export const getInvitation = (token: string) =>
  request<InvitedTo>('GET', invitationAddress(token))
export const acceptInvitation = (token: string) =>
  request<Joined>('POST', `${invitationAddress(token)}/accept`, {})
export const joinWithNewAccount = (token: string, account: NewAccount) =>
  request<Joined>('POST', `${invitationAddress(token)}/accept`, account)
export const getProtocol = (studyId: string) =>
  request<ProtocolInForce>('GET', `/api/studies/${studyId}/protocol`)
/** The document may still be incomplete: the server says what is missing. */
export const saveProtocol = (
  studyId: string,
  document: unknown,
  basedOn: number,
  reason: string,
) =>
  request<ProtocolInForce>('POST', `/api/studies/${studyId}/protocol`, {
    document,
    based_on: basedOn,
    reason,
  })
export const listProtocolTemplates = () =>
  request<ProtocolTemplate[]>('GET', '/api/protocol-templates')
export const sendExampleImage = (studyId: string, image: File) => {
  const form = new FormData()
  form.append('image', image)
  return sendForm<{ sha256: string }>(`/api/studies/${studyId}/protocol/examples`, form)
}
export const exampleImageAddress = (studyId: string, sha256: string) =>
  `/api/studies/${studyId}/protocol/examples/${sha256}`
export const planSampleSize = (plan: SampleSizePlan) =>
  request<SampleSize>('POST', '/api/sample-size', plan)

export const getStudyModel = (studyId: string) =>
  request<StudyModel>('GET', `/api/studies/${studyId}/model`)
export const chooseModel = (studyId: string, etag: string, sha256: string) =>
  change<StudyModel>(`/api/studies/${studyId}/model`, etag, { sha256 })

export const listModels = () => request<Models>('GET', '/api/models')
export const announceModel = (model: NewModel) =>
  request<BegunImport>('POST', '/api/models', model)
export const modelFileAddress = (importId: string) => `/api/models/imports/${importId}/file`

export const getWorklist = (studyId: string) =>
  request<Worklist>('GET', `/api/reading/${studyId}/worklist`)
export const sendDisplayCheck = (studyId: string, check: NewDisplayCheck) =>
  request<DisplayFindings>('POST', `/api/reading/${studyId}/display-checks`, check)
export const caseAddress = (code: string) => `/api/reading/cases/${code}`
export const getReadingCase = (code: string) => request<ReadingCase>('GET', caseAddress(code))
export const getFollowingCase = (code: string) =>
  request<FollowingCase>('GET', `/api/reading/cases/${code}/following`)
/** Outlives the page, so that leaving it saves the last words. */
export const saveDraft = (code: string, revision: number, answers: Answers) =>
  request<DraftSaved>(
    'PUT',
    `/api/reading/cases/${code}/draft`,
    { revision, answers },
    { keepalive: true },
  )
export const markRunOpened = (code: string, run: number) =>
  request<{ opened_runs: number[] }>('POST', `/api/reading/cases/${code}/opened`, { run })
/** Opens the next case too: two requests, one after the other, are waited for twice. */
export const submitCase = (
  code: string,
  revision: number,
  answers: Answers,
  submissionKey: string,
) =>
  request<CaseSubmitted>('POST', `/api/reading/cases/${code}/submit`, {
    revision,
    answers,
    submission_key: submissionKey,
    open_next: true,
  })
/** Outlives the page, so that leaving it stops the clock. */
export const sendHeartbeat = (code: string, active: boolean) =>
  request<{ active_ms: number }>(
    'POST',
    `/api/reading/cases/${code}/heartbeat`,
    { active },
    { keepalive: true },
    false,
  )
/** Outlives the page, so that leaving it ends what was on screen. */
export const sendViewUses = (code: string, uses: readonly SentViewUse[]) =>
  request<{ recorded: number }>(
    'POST',
    `/api/reading/cases/${code}/view-uses`,
    { uses },
    { keepalive: true },
    false,
  )
export const takeBack = (code: string) =>
  request<DraftSaved>('POST', `/api/reading/cases/${code}/take-back`)
export const exampleAddress = (studyId: string, sha256: string) =>
  `/api/reading/${studyId}/examples/${sha256}`
