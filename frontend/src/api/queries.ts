import {
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query'
import {
  ApiError,
  getInvitation,
  getPeople,
  getCase,
  getCaseFindings,
  getCaseImages,
  getChainState,
  getProgress,
  getProtocol,
  getReport,
  getRoom,
  getSignatures,
  getAccount,
  getSession,
  getStudy,
  getStudyModel,
  getAdjudication,
  getWorklist,
  listCases,
  listModels,
  listProtocolTemplates,
  listSentFiles,
  listStudies,
  listTrail,
  listUploads,
  listWaitingSeries,
} from './client'
import type {
  CaseCounts,
  CaseImages,
  ModelImport,
  Progress,
  StudyCase,
  TrailQuery,
  Upload,
} from './types'

const POLL_MS = 1500
/** For what people do, not machines. */
const CALM_POLL_MS = 20_000

export const keys = {
  session: ['session'] as const,
  studies: ['studies'] as const,
  study: (studyId: string) => ['study', studyId] as const,
  adjudication: (studyId: string) => ['study', studyId, 'adjudication'] as const,
  cases: (studyId: string) => ['study', studyId, 'cases'] as const,
  case: (studyId: string, caseId: string) => ['study', studyId, 'case', caseId] as const,
  caseImages: (studyId: string, caseId: string) => ['study', studyId, 'images', caseId] as const,
  findings: (studyId: string, caseId: string) => ['study', studyId, 'findings', caseId] as const,
  review: (studyId: string) => ['study', studyId, 'review'] as const,
  progress: (studyId: string) => ['study', studyId, 'progress'] as const,
  uploads: (studyId: string) => ['study', studyId, 'uploads'] as const,
  sentFiles: (studyId: string, uploadId: string) =>
    ['study', studyId, 'uploads', uploadId, 'files'] as const,
  room: (studyId: string) => ['study', studyId, 'room'] as const,
  report: (studyId: string) => ['study', studyId, 'report'] as const,
  people: (studyId: string) => ['study', studyId, 'people'] as const,
  trail: (studyId: string) => ['study', studyId, 'trail'] as const,
  chain: (studyId: string) => ['study', studyId, 'chain'] as const,
  invitation: (token: string) => ['invitation', token] as const,
  protocol: (studyId: string) => ['study', studyId, 'protocol'] as const,
  protocolTemplates: ['protocol templates'] as const,
  model: (studyId: string) => ['study', studyId, 'model'] as const,
  models: ['models'] as const,
  signatures: (studyId: string) => ['study', studyId, 'signatures'] as const,
  signing: (studyId: string) => ['signing', studyId] as const,
  account: ['account'] as const,
  worklist: (studyId: string) => ['worklist', studyId] as const,
}

function mayHelpToRetry(failures: number, error: Error): boolean {
  const passing = error instanceof ApiError && (error.status === 0 || error.status >= 500)
  return passing && failures < 2
}

export function createQueryClient(): QueryClient {
  /** A refusal may mean that the session has ended: ask who is logged in. */
  const onError = (error: Error) => {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
      void client.invalidateQueries({ queryKey: keys.session })
    }
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { staleTime: 5000, retry: mayHelpToRetry, networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
  })
  return client
}

export function isBeingPrepared(studyCase: StudyCase): boolean {
  return !['ready', 'failed', 'review'].includes(studyCase.state)
}

export function isBeingScanned(upload: Upload): boolean {
  return upload.state === 'received' || upload.state === 'scanning'
}

/** Whether files of the upload are still to come. */
export function isArriving(upload: Upload): boolean {
  return upload.state === 'receiving'
}

export function casesInWork(counts: CaseCounts): number {
  return counts.segmenting
}

export const useSession = () =>
  useQuery({ queryKey: keys.session, queryFn: getSession, staleTime: Infinity })

export const useAccount = () => useQuery({ queryKey: keys.account, queryFn: getAccount })

export const useStudies = () => useQuery({ queryKey: keys.studies, queryFn: listStudies })

export const useStudy = (studyId: string) =>
  useQuery({
    queryKey: keys.study(studyId),
    queryFn: () => getStudy(studyId),
    refetchInterval: ({ state }) =>
      state.data && casesInWork(state.data.counts) > 0 ? POLL_MS : CALM_POLL_MS,
  })

export const useUploads = (studyId: string) =>
  useQuery({
    queryKey: keys.uploads(studyId),
    queryFn: () => listUploads(studyId),
    refetchInterval: ({ state }) => (state.data?.some(isBeingScanned) ? POLL_MS : false),
  })

/** What has arrived of an upload that was interrupted; always asked anew. */
export const useSentFiles = (studyId: string, uploadId: string) =>
  useQuery({
    queryKey: keys.sentFiles(studyId, uploadId),
    queryFn: () => listSentFiles(studyId, uploadId),
    staleTime: 0,
    gcTime: 0,
  })

export const useRoom = (studyId: string) =>
  useQuery({ queryKey: keys.room(studyId), queryFn: () => getRoom(studyId), staleTime: 0 })

/** The study's cases, asked again while some are being prepared or an upload may add more. */
export const useCases = (studyId: string, moreMayCome: boolean) =>
  useQuery({
    queryKey: keys.cases(studyId),
    queryFn: () => listCases(studyId),
    refetchInterval: ({ state }) =>
      moreMayCome || state.data?.some(isBeingPrepared) ? POLL_MS : false,
  })

/** The dashboard, asked again often while cases are prepared and calmly while raters read. */
export const useProgress = (studyId: string) =>
  useQuery({
    queryKey: keys.progress(studyId),
    queryFn: () => getProgress(studyId),
    refetchInterval: ({ state }) =>
      state.data && isQueueMoving(state.data) ? POLL_MS * 2 : CALM_POLL_MS,
  })

const isQueueMoving = ({ queue }: Progress) =>
  queue.waiting + queue.preparing + queue.running.length > 0

export const useCase = (studyId: string, caseId: string) =>
  useQuery({
    queryKey: keys.case(studyId, caseId),
    queryFn: () => getCase(studyId, caseId),
    refetchInterval: ({ state }) => (state.data && isBeingPrepared(state.data) ? POLL_MS : false),
  })

const isBuilding = ({ series }: CaseImages) =>
  series.some(({ build }) => build !== null && build.state !== 'done' && build.state !== 'failed')

export const useCaseImages = (studyId: string, caseId: string) =>
  useQuery({
    queryKey: keys.caseImages(studyId, caseId),
    queryFn: () => getCaseImages(studyId, caseId),
    refetchInterval: ({ state }) => (state.data && isBuilding(state.data) ? POLL_MS : false),
  })

/** What the model found in a case: asked for again until there is something. */
export const useCaseFindings = (studyId: string, caseId: string, enabled: boolean) =>
  useQuery({
    queryKey: keys.findings(studyId, caseId),
    queryFn: () => getCaseFindings(studyId, caseId),
    enabled,
    refetchInterval: ({ state }) => (state.data?.is_segmented ? false : CALM_POLL_MS),
  })

/** The series that wait for somebody to look for names in their pixels. */
export const useWaitingSeries = (studyId: string, enabled = true) =>
  useQuery({
    queryKey: keys.review(studyId),
    queryFn: () => listWaitingSeries(studyId),
    enabled,
    refetchInterval: CALM_POLL_MS,
  })

export const useReport = (studyId: string, enabled: boolean) =>
  useQuery({
    queryKey: keys.report(studyId),
    queryFn: () => getReport(studyId),
    enabled,
    staleTime: Infinity,
  })

/** What was signed, and what is to be signed next; it follows what the raters do. */
export const useSignatures = (studyId: string, enabled = true) =>
  useQuery({
    queryKey: keys.signatures(studyId),
    queryFn: () => getSignatures(studyId),
    enabled,
    refetchOnMount: 'always',
  })

export const usePeople = (studyId: string) =>
  useQuery({ queryKey: keys.people(studyId), queryFn: () => getPeople(studyId) })

/** The newest events first, page after page. */
export const useTrail = (studyId: string, wanted: TrailQuery) =>
  useInfiniteQuery({
    queryKey: [...keys.trail(studyId), wanted],
    queryFn: ({ pageParam }) => listTrail(studyId, wanted, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_before,
    placeholderData: keepPreviousData,
  })

export const useChainState = (studyId: string) =>
  useQuery({ queryKey: keys.chain(studyId), queryFn: () => getChainState(studyId) })

export const useInvitation = (token: string) =>
  useQuery({ queryKey: keys.invitation(token), queryFn: () => getInvitation(token) })
export const useProtocol = (studyId: string) =>
  useQuery({ queryKey: keys.protocol(studyId), queryFn: () => getProtocol(studyId) })

export const useProtocolTemplates = (enabled: boolean) =>
  useQuery({
    queryKey: keys.protocolTemplates,
    queryFn: listProtocolTemplates,
    enabled,
    staleTime: Infinity,
  })

export const useStudyModel = (studyId: string) =>
  useQuery({ queryKey: keys.model(studyId), queryFn: () => getStudyModel(studyId) })

export const useModels = () =>
  useQuery({
    queryKey: keys.models,
    queryFn: listModels,
    refetchInterval: ({ state }) => (state.data?.imports.some(isBeingImported) ? POLL_MS : false),
  })

const isBeingImported = ({ state }: ModelImport) => state === 'queued' || state === 'running'

export const useWorklist = (studyId: string, enabled: boolean) =>
  useQuery({ queryKey: keys.worklist(studyId), queryFn: () => getWorklist(studyId), enabled })

const ADJUDICATION_POLL_MS = 10_000

export const useAdjudication = (studyId: string) =>
  useQuery({
    queryKey: keys.adjudication(studyId),
    queryFn: () => getAdjudication(studyId),
    refetchInterval: ({ state }) =>
      state.data?.state === 'adjudicating' ? ADJUDICATION_POLL_MS : false,
  })
